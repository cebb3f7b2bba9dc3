/**
 * How long a service asks us to wait, in milliseconds: Retry-After in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), or Azure's own headers in milliseconds. Undefined when it does not.
 */
export function readRetryAfter(header: (name: string) => string | undefined, now: number): number | undefined {
  const inMs = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  const standard = header('retry-after');
  const waits = [
    numberIn(inMs),
    numberIn(standard) * 1000,
    standard === undefined ? Number.NaN : Date.parse(standard) - now,
  ];
  const wait = waits.find((ms) => Number.isFinite(ms));
  return wait === undefined ? undefined : Math.max(0, wait);
}

function numberIn(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

const isoTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const basicTime = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * The time as ISO 8601 text, or undefined when the text is not a real time of this century: others, as of the years 1 and
 * 9999 that stand for "never", the service may refuse with all rows beside them.  CloudTrail writes `2023-07-19T21:11:57Z`,
 * in `creationDate` sometimes `20131102T010628Z`:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function readTime(text: string): string | undefined {
  const basic = basicTime.exec(text);
  if (basic !== null) {
    const [, year, month, day, hour, minute, second] = basic;
    return readTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }
  const [, year, month, day, hour, minute, second] = (isoTime.exec(text) ?? []).map(Number);
  return isRealTime(year ?? 0, month ?? 0, day ?? 0, hour ?? 24, minute ?? 60, second ?? 60) ? text : undefined;
}

/** True when the bytes are `"YYYY-MM-DDTHH:MM:SSZ"`, quotes included, and the time is a real one. */
export function isPlainTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 22 || bytes[start] !== 0x22) return false;
  if (bytes[start + 5] !== 0x2d || bytes[start + 8] !== 0x2d || bytes[start + 11] !== 0x54) return false;
  if (bytes[start + 14] !== 0x3a || bytes[start + 17] !== 0x3a || bytes[start + 20] !== 0x5a) return false;
  const year = twoDigits(bytes, start + 1) * 100 + twoDigits(bytes, start + 3);
  return isRealTime(
    year,
    twoDigits(bytes, start + 6),
    twoDigits(bytes, start + 9),
    twoDigits(bytes, start + 12),
    twoDigits(bytes, start + 15),
    twoDigits(bytes, start + 18),
  );
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function isRealTime(year: number, month: number, day: number, hour: number, minute: number, second: number): boolean {
  return (
    year >= 2000 && year <= 2099 && day >= 1 && day <= daysIn(year, month) && hour <= 23 && minute <= 59 && second <= 59
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  if (month >= 1 && month <= 12) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return 0;
}

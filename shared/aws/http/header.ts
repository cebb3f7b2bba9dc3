import type { HttpAnswer } from './client.ts';

/** A header that stands once; undefined when absent or empty. */
export function headerOf(headers: HttpAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  const first = typeof value === 'string' ? value : value?.[0];
  return first === '' ? undefined : first;
}

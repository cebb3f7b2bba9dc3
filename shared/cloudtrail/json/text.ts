import { backslash, quote, stringEnd } from './bytes.ts';

/** Below this length a loop beats the call that `set` and `subarray` cost; measured on Node 24. */
const shortRun = 64;

/** The text between two positions, decoded as UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}

/** The decoded JSON string whose quotes stand at `start` and `end - 1`. Lone surrogate escapes stay lone surrogates. */
export function stringOf(bytes: Uint8Array, start: number, end: number): string {
  const raw = textOf(bytes, start + 1, end - 1);
  return raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
}

/** Copies bytes as they are and answers the position after them in `out`. */
export function copyBytes(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > shortRun) {
    out.set(bytes.subarray(start, end), at);
    return at + end - start;
  }
  while (start < end) out[at++] = bytes[start++] ?? 0;
  return at;
}

/** Copies valid JSON without the white space between its tokens. */
export function copyCompact(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  // Most JSON is compact, and is copied in one.
  let from = start;
  while (start < end) {
    const byte = bytes[start] ?? 0;
    if (byte > quote) {
      start++;
    } else if (byte === quote) {
      start = stringEnd(bytes, start + 1);
    } else {
      at = copyBytes(bytes, from, start, out, at);
      from = ++start;
    }
  }
  return copyBytes(bytes, from, end, out, at);
}

/**
 * Copies valid JSON as the content of a JSON string: compact, with every quote and backslash escaped, everything else
 * as written. At most twice as long as the source.
 */
export function copyEscaped(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  while (start < end) {
    let byte = bytes[start++] ?? 0;
    if (byte > quote) {
      out[at++] = byte;
    } else if (byte === quote) {
      out[at++] = backslash;
      out[at++] = quote;
      for (;;) {
        byte = bytes[start++] ?? 0;
        if (byte === backslash) {
          out[at++] = backslash;
          out[at++] = backslash;
          byte = bytes[start++] ?? 0;
          if (byte === quote || byte === backslash) out[at++] = backslash;
          out[at++] = byte;
        } else if (byte === quote) {
          out[at++] = backslash;
          out[at++] = quote;
          break;
        } else {
          out[at++] = byte;
        }
      }
    }
  }
  return at;
}

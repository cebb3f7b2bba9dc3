/** https://www.rfc-editor.org/rfc/rfc1952#page-5: a member starts with these bytes and the method 8, deflate. */
const magic = [0x1f, 0x8b, 8];
const fixedHeaderBytes = 10;
const headerCrcFlag = 2;
const extraFlag = 4;
const nameFlag = 8;
const commentFlag = 16;
const reservedFlags = 0xe0;

/** A member ends with CRC-32 and length, four bytes each. */
export const trailerBytes = 8;

/** No writer of log files makes a header nearly as long. */
export const longestHeaderBytes = 128 * 1024;

/** Why a gzip object cannot be inflated further. */
export class BrokenGzip extends Error {
  override readonly name = 'BrokenGzip';
  readonly code: 'gzip-truncated' | 'gzip-invalid';

  constructor(code: 'gzip-truncated' | 'gzip-invalid', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Length of the header at the start of the bytes; 'unfinished' when more are needed, 'invalid' when it is none. */
export function headerLength(bytes: Uint8Array): number | 'unfinished' | 'invalid' {
  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte)) return 'invalid';
  if (bytes.length < fixedHeaderBytes) return 'unfinished';
  const flags = bytes[3] ?? 0;
  if ((flags & reservedFlags) !== 0) return 'invalid';
  let length = fixedHeaderBytes;
  if ((flags & extraFlag) !== 0) length += 2 + (bytes[length] ?? 0) + 256 * (bytes[length + 1] ?? 0);
  for (const flag of [nameFlag, commentFlag]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, length);
    if (zero < 0) return bytes.length > longestHeaderBytes ? 'invalid' : 'unfinished';
    length = zero + 1;
  }
  if ((flags & headerCrcFlag) !== 0) length += 2;
  return length > bytes.length ? 'unfinished' : length;
}

/** What the eight bytes after the compressed data, at this position, say about the content. */
export function readTrailer(bytes: Uint8Array, at: number): { readonly crc32: number; readonly length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, trailerBytes);
  return { crc32: view.getUint32(0, true), length: view.getUint32(4, true) };
}

interface Format {
  readonly name: string;
  readonly starts: readonly number[];
}

/** By first bytes: what is put into buckets in place of gzip, and where each is defined. */
const formats: readonly Format[] = [
  // https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
  { name: 'Zstandard', starts: [0x28, 0xb5, 0x2f, 0xfd] },
  // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
  { name: 'a zip archive', starts: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'an empty zip archive', starts: [0x50, 0x4b, 0x05, 0x06] },
  { name: 'bzip2', starts: [0x42, 0x5a, 0x68] },
  // https://tukaani.org/xz/xz-file-format.txt
  { name: 'xz', starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  // https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
  { name: 'LZ4', starts: [0x04, 0x22, 0x4d, 0x18] },
  // https://github.com/google/snappy/blob/main/framing_format.txt
  { name: 'Snappy', starts: [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50] },
  { name: 'a 7-Zip archive', starts: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'the output of compress', starts: [0x1f, 0x9d] },
  { name: 'Parquet', starts: [0x50, 0x41, 0x52, 0x31] },
  { name: 'Avro', starts: [0x4f, 0x62, 0x6a, 0x01] },
  { name: 'ORC', starts: [0x4f, 0x52, 0x43] },
  { name: 'PDF', starts: [0x25, 0x50, 0x44, 0x46] },
  { name: 'data that OpenSSL encrypted', starts: [0x53, 0x61, 0x6c, 0x74, 0x65, 0x64, 0x5f, 0x5f] },
  { name: 'data that age encrypted', starts: [...Buffer.from('age-encryption.org/')] },
  { name: 'UTF-32 text', starts: [0xff, 0xfe, 0x00, 0x00] },
  { name: 'UTF-32 text', starts: [0x00, 0x00, 0xfe, 0xff] },
  { name: 'UTF-16 text', starts: [0xff, 0xfe] },
  { name: 'UTF-16 text', starts: [0xfe, 0xff] },
];

/** https://www.rfc-editor.org/rfc/rfc1950#section-2.2: deflate with the usual window, and the four levels with their check. */
const zlibMethod = 0x78;
const zlibLevels: readonly number[] = [0x01, 0x5e, 0x9c, 0xda];

/** Bytes that are enough to tell what content is. */
export const tellingBytes = 256;

/**
 * What content is that cannot be a log file, by its first bytes; undefined for JSON, and for what is not known. A byte
 * order mark and blanks may come before JSON.
 */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  if (isExpected(bytes)) return undefined;
  const format = formats.find(({ starts }) => starts.every((byte, at) => bytes[at] === byte));
  if (format !== undefined) return format.name;
  const [first = 0, second = 0] = bytes;
  if (first === zlibMethod && zlibLevels.includes(second)) return 'zlib data';
  if (bytes.length >= 4 && isUtf16(bytes)) return 'UTF-16 text';
  const text = Buffer.from(bytes.subarray(0, tellingBytes))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^<!doctype html|^<html|^<head|^<body/i.test(text)) return 'HTML';
  if (/^<\?xml|^<[a-z]/i.test(text)) return 'XML';
  if (text.startsWith('-----BEGIN ')) return 'PEM or PGP text';
  return isPlainText(text) ? 'plain text' : undefined;
}

/** What nearly every object and content begins with: gzip, or an object of JSON in bytes that are no halves of characters. */
function isExpected([first = 0, second = 0]: Uint8Array): boolean {
  return (first === 0x1f && second === 0x8b) || (first === 0x7b && second !== 0);
}

/** ASCII in two bytes each, without a byte order mark. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  return (
    (first === 0 && third === 0 && second > 0 && fourth > 0) || (second === 0 && fourth === 0 && first > 0 && third > 0)
  );
}

/** Words, and no JSON: that begins with a brace or bracket, and values of other kinds are told apart by who reads JSON. */
function isPlainText(text: string): boolean {
  return /^[A-Za-z#;][\x20-\x7e\s]{3,}$/.test(text) && !/^(?:true|false|null)\b/.test(text);
}

import { type Answer, escapeXml, type Failure, xmlAnswer } from '../gateway/answers.ts';
import type { StoredObject } from '../sqs/fauxqs.ts';

/**
 * Answers ListObjectsV2. fauxqs sorts keys by locale but pages by code units, which loses keys that differ in case
 * between two pages, so the listing is ours.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(
  bucket: string,
  keys: readonly string[],
  query: URLSearchParams,
  objectOf: (key: string) => StoredObject,
): Answer | Failure {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const startAfter = query.get('start-after') ?? '';
  const token = query.get('continuation-token');
  const position = token === null ? { after: startAfter, isPrefix: false } : readToken(token);
  if (position === undefined) {
    return { status: 400, code: 'InvalidArgument', message: 'The continuation token provided is incorrect' };
  }
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    return {
      status: 400,
      code: 'InvalidArgument',
      message: 'Provided max-keys not an integer or within integer range',
    };
  }

  const page = readPage(keys, prefix, delimiter, maxKeys, position);
  const encode = query.get('encoding-type') === 'url' ? encodeKey : escapeXml;
  const contents = page.found.map((key) => contentsOf(encode(key), objectOf(key))).join('');
  const prefixes = page.prefixes
    .map((common) => `<CommonPrefixes><Prefix>${encode(common)}</Prefix></CommonPrefixes>`)
    .join('');
  return xmlAnswer(
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name>` +
      `<Prefix>${encode(prefix)}</Prefix>` +
      (token === null ? '' : `<ContinuationToken>${escapeXml(token)}</ContinuationToken>`) +
      (page.next === undefined ? '' : `<NextContinuationToken>${page.next}</NextContinuationToken>`) +
      (startAfter === '' ? '' : `<StartAfter>${encode(startAfter)}</StartAfter>`) +
      `<KeyCount>${page.found.length + page.prefixes.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys>` +
      (delimiter === '' ? '' : `<Delimiter>${encode(delimiter)}</Delimiter>`) +
      (encode === encodeKey ? '<EncodingType>url</EncodingType>' : '') +
      `<IsTruncated>${page.next !== undefined}</IsTruncated>${contents}${prefixes}</ListBucketResult>`,
  );
}

interface Position {
  readonly after: string;
  /** Everything beginning with `after` has been told already. */
  readonly isPrefix: boolean;
}

interface Page {
  readonly found: readonly string[];
  readonly prefixes: readonly string[];
  readonly next: string | undefined;
}

function readPage(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  maxKeys: number,
  position: Position,
): Page {
  const found: string[] = [];
  const prefixes: string[] = [];
  let last: Position | undefined;
  let index = firstAtLeast(keys, position.after > prefix ? position.after : prefix);
  for (; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if (!key.startsWith(prefix)) break;
    if (key === position.after || (position.isPrefix && key.startsWith(position.after))) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
    if (common !== undefined && common === prefixes.at(-1)) continue;
    if (found.length + prefixes.length >= maxKeys) {
      return { found, prefixes, next: last === undefined ? undefined : writeToken(last) };
    }
    if (common === undefined) found.push(key);
    else prefixes.push(common);
    last = { after: common ?? key, isPrefix: common !== undefined };
  }
  return { found, prefixes, next: undefined };
}

function firstAtLeast(keys: readonly string[], wanted: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function contentsOf(key: string, object: StoredObject): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>${object.lastModified.toISOString()}</LastModified>` +
    `<ETag>${escapeXml(object.etag)}</ETag><Size>${object.contentLength}</Size>` +
    '<StorageClass>STANDARD</StorageClass></Contents>'
  );
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify([position.after, position.isPrefix])).toString('base64');
}

function readToken(token: string): Position | undefined {
  try {
    const [after, isPrefix]: unknown[] = JSON.parse(Buffer.from(token, 'base64').toString());
    return typeof after === 'string' && typeof isPrefix === 'boolean' ? { after, isPrefix } : undefined;
  } catch {
    // Not one of ours: the caller is told that the token is incorrect.
    return undefined;
  }
}

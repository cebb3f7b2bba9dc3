import {
  closeBrace,
  closeBracket,
  colonEnd,
  comma,
  containerEnd,
  openBrace,
  openBracket,
  quote,
  scalarEnd,
  stringEnd,
} from './bytes.ts';

/** Scalars below this size are not worth a marker: what is cut instead are the ends of long lists. */
const worthCuttingBytes = 64;

/** No cut container is made smaller than this, so that its marker and something readable fit. */
const leastContainerBytes = 128;

/** Containers nested deeper than this are cut whole: every level costs one look at everything inside it. */
const deepestShrink = 16;

const commaText = Buffer.from(',');

/** What stands where a value was cut. */
export function cutMarker(cutBytes: number): string {
  return `<cut ${cutBytes} bytes>`;
}

/** Plain text of at most `maxBytes` UTF-8 bytes, cut between two characters, with a marker at its end. */
export function truncateText(text: string, maxBytes: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const room = maxBytes - cutMarker(bytes).length;
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (Buffer.byteLength(text.slice(0, middle)) <= room) fits = middle;
    else tooLong = middle;
  }
  if (isHighSurrogate(text.charCodeAt(fits - 1)) && isLowSurrogate(text.charCodeAt(fits))) fits--;
  const kept = text.slice(0, fits);
  return kept + cutMarker(bytes - Buffer.byteLength(kept));
}

/**
 * Compact JSON of an object or array, shortened to at most `maxBytes` UTF-8 bytes and still valid: the largest strings
 * and numbers become markers first, the deeper one of equals before the other; when what is left is many small things,
 * the longest lists and objects keep their beginning.
 */
export function truncateJson(json: string, maxBytes: number): string {
  let bytes: Buffer = Buffer.from(json);
  if (bytes.length <= maxBytes) return json;
  bytes = cutLargestScalars(bytes, maxBytes);
  return bytes.length <= maxBytes ? bytes.toString() : shrink(bytes, maxBytes, 1, nestingFor(bytes)).toString();
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

function cutLargestScalars(bytes: Buffer, maxBytes: number): Buffer {
  let excess = bytes.length - maxBytes;
  const chosen: Span[] = [];
  const bySize = largeScalars(bytes).sort((a, b) => b.end - b.start - (a.end - a.start) || b.depth - a.depth);
  for (const span of bySize) {
    if (excess <= 0) break;
    chosen.push(span);
    excess -= span.end - span.start - markerOf(span).length;
  }
  chosen.sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let at = 0;
  for (const span of chosen) {
    parts.push(bytes.subarray(at, span.start), markerOf(span));
    at = span.end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

/** Strings and numbers that are values, not keys. */
function largeScalars(bytes: Buffer): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === openBrace || byte === openBracket) depth++;
    if (byte === closeBrace || byte === closeBracket) depth--;
    const isScalar = byte === quote || byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
    const end = byte === quote ? stringEnd(bytes, at + 1) : isScalar ? scalarEnd(bytes, at) : at + 1;
    const isKey = byte === quote && bytes[end] === 0x3a;
    if (isScalar && !isKey && end - at >= worthCuttingBytes) spans.push({ start: at, end, depth });
    at = end;
  }
  return spans;
}

function markerOf(span: { readonly start: number; readonly end: number }): Buffer {
  return Buffer.from(`"${cutMarker(span.end - span.start)}"`);
}

interface Child {
  /** Where the key starts; the value's start in an array. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** The largest children give way first, down to a readable rest; if that is not enough the container loses its tail. */
function shrink(bytes: Buffer, maxBytes: number, depth: number, nesting: Uint8Array): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  const isObject = bytes[0] === openBrace;
  if ((!isObject && bytes[0] !== openBracket) || depth > deepestShrink)
    return markerOf({ start: 0, end: bytes.length });
  const children = childrenOf(bytes, isObject, nesting);
  const shrunk = new Map<Child, Buffer>();
  let excess = bytes.length - maxBytes;
  for (const child of children.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
    const size = child.end - child.start;
    if (excess <= 0 || size <= leastContainerBytes) break;
    const target = Math.max(size - excess, leastContainerBytes);
    const piece = shrink(bytes.subarray(child.start, child.end), target, depth + 1, nesting);
    shrunk.set(child, piece);
    excess -= size - piece.length;
  }
  return keepBeginning(bytes, children, shrunk, maxBytes);
}

function keepBeginning(
  bytes: Buffer,
  children: readonly Child[],
  shrunk: ReadonlyMap<Child, Buffer>,
  maxBytes: number,
): Buffer {
  const isObject = bytes[0] === openBrace;
  /** A member's length after shrinking, with its comma. */
  const lengthOf = (child: Child) =>
    (shrunk.get(child)?.length ?? child.end - child.start) + child.start - child.from + 1;
  const total = children.reduce((sum, child) => sum + lengthOf(child), 1);
  const most = total > maxBytes ? maxBytes - tail(total, isObject).length : maxBytes + 1;
  const parts: Buffer[] = [bytes.subarray(0, 1)];
  let length = 2;
  let kept = 0;
  for (; kept < children.length; kept++) {
    const child = children[kept];
    if (child === undefined || length + lengthOf(child) > most) break;
    length += lengthOf(child);
    if (kept > 0) parts.push(commaText);
    parts.push(bytes.subarray(child.from, child.start), shrunk.get(child) ?? bytes.subarray(child.start, child.end));
  }
  if (kept < children.length) {
    if (kept > 0) parts.push(commaText);
    parts.push(
      tail(
        children.slice(kept).reduce((sum, child) => sum + lengthOf(child), 0),
        isObject,
      ),
    );
  }
  return Buffer.concat([...parts, bytes.subarray(-1)]);
}

/** The last member of a container whose further members were cut. */
function tail(cutBytes: number, isObject: boolean): Buffer {
  return Buffer.from(`${isObject ? '"<cut>":' : ''}"${cutMarker(cutBytes)}"`);
}

function childrenOf(bytes: Buffer, isObject: boolean, nesting: Uint8Array): Child[] {
  const children: Child[] = [];
  for (let at = 1; at < bytes.length - 1; ) {
    const from = at;
    if (isObject) at = colonEnd(bytes, stringEnd(bytes, at + 1));
    const first = bytes[at] ?? 0;
    const start = at;
    if (first === quote) at = stringEnd(bytes, at + 1);
    else if (first === openBrace || first === openBracket) at = containerEnd(bytes, at, nesting);
    else at = scalarEnd(bytes, at);
    children.push({ from, start, end: at });
    if (bytes[at] === comma) at++;
  }
  return children;
}

/** Scratch for `containerEnd`, with a byte for every level there is. */
function nestingFor(bytes: Buffer): Uint8Array {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at = stringEnd(bytes, at + 1) - 1;
    else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return new Uint8Array(deepest);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

import { shrinkBlanks } from './blanks.ts';
import { containerEnd, openBrace, openBracket, quote, skipBlanks } from './bytes.ts';
import { cutMarker, gapIn } from './cut.ts';
import {
  afterAt,
  closedBytes,
  endAt,
  giveBack,
  type JsonTree,
  memberAt,
  nodeNumbers,
  startAt,
  treeOf,
} from './tree.ts';

/** No member is made smaller than this, so that its key, its marker and something readable fit; rather, members are left out. */
const leastMemberBytes = 96;
const leastValueBytes = closedBytes;

/** A string that holds JSON is shortened as JSON when at least so much of it can stay; and so deep inside one another. */
const leastNestedBytes = 256;
const deepestText = 3;

/** JSON text in a string may be nested no deeper to be taken as such. */
const nestingCap = 512;

const commaText = Buffer.from(',');

/**
 * A text of at most `maxBytes` UTF-8 bytes. Runs of blanks shrink to their first; then it keeps its beginning and its end,
 * as text or, when it is JSON, as JSON.
 */
export function truncateText(text: string, maxBytes: number): string {
  const whole = bytesOf(text);
  if (whole.length <= maxBytes) return text;
  const bytes = shrinkBlanks(whole);
  if (bytes.length <= maxBytes) return textOf(bytes);
  if (maxBytes >= leastNestedBytes && isContainer(bytes)) return textOf(shortened(bytes, maxBytes, 1));
  const { from, to } = gapIn(bytes, 0, bytes.length, maxBytes, false);
  return textOf(bytes.subarray(0, from)) + cutMarker(to - from) + textOf(bytes.subarray(to));
}

/**
 * Compact JSON of an object or array, shortened to at most `maxBytes` UTF-8 bytes and still valid. Runs of blanks shrink to
 * their first. Then members share the room so that the largest give way first: strings keep their beginning and end, lists
 * and objects of many small members theirs. Takes time by length alone.
 */
export function truncateJson(json: string, maxBytes: number): string {
  const whole = bytesOf(json);
  return whole.length <= maxBytes ? json : textOf(truncateJsonBytes(whole, maxBytes));
}

/** The same of bytes: the very ones when they are few enough. */
export function truncateJsonBytes(json: Uint8Array, maxBytes: number): Uint8Array {
  if (json.length <= maxBytes) return json;
  const bytes = shrinkBlanks(json);
  return bytes.length <= maxBytes ? bytes : shortened(bytes, maxBytes, 0);
}

/** `texts` counts the strings that this JSON is in. */
function shortened(bytes: Uint8Array, maxBytes: number, texts: number): Uint8Array {
  const start = skipBlanks(bytes, 0);
  const tree = treeOf(bytes, start);
  const shorter = Buffer.concat(new Shortening(bytes, tree, texts).value(0, maxBytes));
  giveBack(tree);
  return shorter;
}

class Shortening {
  readonly #bytes: Uint8Array;
  readonly #tree: JsonTree;
  readonly #texts: number;

  constructor(bytes: Uint8Array, tree: JsonTree, texts: number) {
    this.#bytes = bytes;
    this.#tree = tree;
    this.#texts = texts;
  }

  /** The value in at most so many bytes, in parts. */
  value(node: number, maxBytes: number): Uint8Array[] {
    const start = this.#tree[node + startAt] ?? 0;
    const end = this.#tree[node + endAt] ?? 0;
    if (end - start <= maxBytes) return [this.#bytes.subarray(start, end)];
    const first = this.#bytes[start];
    if (first === openBrace || first === openBracket) return this.#container(node, maxBytes);
    if (first === quote) return [this.#string(start, end, maxBytes)];
    return [this.#cutString(start, end, maxBytes)];
  }

  #container(node: number, maxBytes: number): Uint8Array[] {
    const at = this.#tree[node + startAt] ?? 0;
    const room = maxBytes - 2;
    const { members, sizes, leastRoom, total } = this.#membersOf(node);
    const isObject = this.#bytes[at] === openBrace;
    const parts: Uint8Array[] = [this.#bytes.subarray(at, at + 1)];
    if (leastRoom <= room) {
      this.#members(members, 0, members.length, sizes, fairShare(sizes, room), parts);
    } else {
      const { front, back, cutBytes } = ends(sizes, total, room);
      this.#members(members, 0, front, sizes, leastMemberBytes, parts);
      if (front > 0) parts.push(commaText);
      parts.push(Buffer.from(`${isObject ? '"<cut>":' : ''}"${cutMarker(cutBytes)}"`));
      if (back < members.length) parts.push(commaText);
      this.#members(members, back, members.length, sizes, leastMemberBytes, parts);
    }
    parts.push(Buffer.from(isObject ? '}' : ']'));
    return parts;
  }

  /**
   * The children of a container, and their lengths with keys and commas: `total` in all, `leastRoom` when every one of them
   * is as small as it may become.
   */
  #membersOf(node: number) {
    const tree = this.#tree;
    const last = tree[node + afterAt] ?? 0;
    let count = 0;
    for (let child = node + nodeNumbers; child < last; child = tree[child + afterAt] ?? 0) count++;
    const members = new Int32Array(count);
    const sizes = new Int32Array(count);
    let leastRoom = 0;
    let total = 0;
    for (let child = node + nodeNumbers, index = 0; index < count; child = tree[child + afterAt] ?? 0, index++) {
      const size = (tree[child + endAt] ?? 0) - (tree[child + memberAt] ?? 0) + 1;
      members[index] = child;
      sizes[index] = size;
      leastRoom += size < leastMemberBytes ? size : leastMemberBytes;
      total += size;
    }
    return { members, sizes, leastRoom, total };
  }

  /** Members with commas between them, each in at most `share` bytes with its comma; those that stay whole are copied together. */
  #members(
    members: Int32Array,
    first: number,
    last: number,
    sizes: Int32Array,
    share: number,
    parts: Uint8Array[],
  ): void {
    const tree = this.#tree;
    for (let index = first; index < last; index++) {
      if (index > first) parts.push(commaText);
      const member = members[index] ?? 0;
      if ((sizes[index] ?? 0) > share) {
        parts.push(...this.#member(member, share - 1));
        continue;
      }
      const begin = tree[member + memberAt] ?? 0;
      while (index + 1 < last && (sizes[index + 1] ?? 0) <= share) index++;
      parts.push(this.#bytes.subarray(begin, tree[(members[index] ?? 0) + endAt]));
    }
  }

  #member(node: number, maxBytes: number): Uint8Array[] {
    const from = this.#tree[node + memberAt] ?? 0;
    const start = this.#tree[node + startAt] ?? 0;
    const valueBytes = (this.#tree[node + endAt] ?? 0) - start;
    const keyRoom = maxBytes - Math.min(valueBytes, Math.max(leastValueBytes, maxBytes >> 1));
    if (start - from <= keyRoom) {
      return [this.#bytes.subarray(from, start), ...this.value(node, maxBytes - (start - from))];
    }
    const keyEnd = this.#bytes.lastIndexOf(quote, start - 1) + 1;
    const key = this.#cutString(from, keyEnd, keyRoom - 1);
    return [key, Buffer.from(':'), ...this.value(node, maxBytes - key.length - 1)];
  }

  #string(start: number, end: number, maxBytes: number): Uint8Array {
    return this.#nested(start, end, maxBytes) ?? this.#cutString(start, end, maxBytes);
  }

  /** A string, or a number that becomes one. */
  #cutString(start: number, end: number, maxBytes: number): Uint8Array {
    const isString = this.#bytes[start] === quote;
    const [first, last] = isString ? [start + 1, end - 1] : [start, end];
    const { from, to } = gapIn(this.#bytes, first, last, maxBytes - 2, isString);
    return Buffer.concat([
      Buffer.from('"'),
      this.#bytes.subarray(first, from),
      Buffer.from(cutMarker(to - from)),
      this.#bytes.subarray(to, last),
      Buffer.from('"'),
    ]);
  }

  /** JSON in a string, as the policies of IAM are, stays JSON. */
  #nested(start: number, end: number, maxBytes: number): Uint8Array | undefined {
    if (maxBytes < leastNestedBytes || this.#texts === deepestText) return undefined;
    const raw = textOf(this.#bytes.subarray(start, end));
    if (!/^"(?:\s|\\[ntr])*[{[]/.test(raw.slice(0, 64))) return undefined;
    const inside = bytesOf(String(JSON.parse(raw)));
    if (!isContainer(inside)) return undefined;
    // Escapes make it longer in the string than by itself; how much depends on what stays.
    let room = Math.floor(((maxBytes - 2) * inside.length) / (end - start));
    for (let attempt = 0; attempt < 4 && room >= leastNestedBytes / 2; attempt++) {
      const encoded = Buffer.from(JSON.stringify(textOf(shortened(inside, room, this.#texts + 1))));
      if (encoded.length <= maxBytes) return encoded;
      room = Math.floor((room * maxBytes * 0.95) / encoded.length);
    }
    return undefined;
  }
}

/** What members fill when none is larger than a share. */
function filledBy(sizes: Int32Array, share: number): number {
  let sum = 0;
  for (let index = 0; index < sizes.length; index++) sum += Math.min(sizes[index] ?? 0, share);
  return sum;
}

/** The largest share with which all members, none of them larger than it, fill no more than the room. */
function fairShare(sizes: Int32Array, room: number): number {
  let fits = leastMemberBytes;
  let tooMuch = room + 1;
  while (tooMuch - fits > 1) {
    const middle = (fits + tooMuch) >> 1;
    if (filledBy(sizes, middle) <= room) fits = middle;
    else tooMuch = middle;
  }
  return fits;
}

/** Of very many members, those at the beginning and at the end for which there is room. */
function ends(sizes: Int32Array, total: number, room: number) {
  const half = (room - cutMarker(total).length - 12) / 2;
  let front = 0;
  let back = sizes.length;
  let cutBytes = total;
  for (let used = 0; front < back; front++) {
    const size = sizes[front] ?? 0;
    used += Math.min(size, leastMemberBytes);
    if (used > half) break;
    cutBytes -= size;
  }
  for (let used = 0; back > front; back--) {
    const size = sizes[back - 1] ?? 0;
    used += Math.min(size, leastMemberBytes);
    if (used > half) break;
    cutBytes -= size;
  }
  return { front, back, cutBytes };
}

function isContainer(bytes: Uint8Array): boolean {
  const start = skipBlanks(bytes, 0);
  if (bytes[start] !== openBrace && bytes[start] !== openBracket) return false;
  const end = containerEnd(bytes, start, new Uint8Array(nestingCap));
  return end >= 0 && skipBlanks(bytes, end) === bytes.length;
}

/** No `Buffer`: loops over bytes are twice as fast when they see one kind of array. */
function bytesOf(text: string): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(text);
  return new Uint8Array(buffer, byteOffset, length);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

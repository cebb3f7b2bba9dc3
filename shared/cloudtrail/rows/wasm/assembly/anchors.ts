// Texts that a record must hold to be dropped, as `anchors.ts` of the host writes them into memory: one bit for each ASCII
// character that occurs in them (bit 0 for all that is not ASCII), 16 bytes in all, then the selectors one after another, each {bytes, groups}, then its groups, each {bytes, texts}, then its texts, each {length} and its bytes, padded
// to four; every number a u32, `bytes` that of the whole, its own number included.

const CHARACTERS: usize = 16;
const NOT_ASCII: u32 = 0;
const SELECTOR_HEAD: usize = 8;
const GROUP_HEAD: usize = 8;
const TEXT_HEAD: usize = 4;

const BACKSLASH: u8 = 0x5c;
const SLASH: u8 = 0x2f;
const LOWER_U: u8 = 0x75;
const TWO_ZEROS: u16 = 0x3030;

/** False when each selector has a group of which no text stands in the record, and none of their letters is spelt in another way. */
export function mayBeDropped(anchors: usize, selectors: u32, start: usize, end: usize): bool {
  if (holdsEscapes(anchors, start, end)) return true;
  let selector = anchors + CHARACTERS;
  for (let left = selectors; left > 0; left--) {
    if (holdsOneOfEach(selector, start, end)) return true;
    selector += load<u32>(selector);
  }
  return false;
}

function holdsOneOfEach(selector: usize, start: usize, end: usize): bool {
  let group = selector + SELECTOR_HEAD;
  for (let left = load<u32>(selector, 4); left > 0; left--) {
    if (!holdsOne(group, start, end)) return false;
    group += load<u32>(group);
  }
  return true;
}

function holdsOne(group: usize, start: usize, end: usize): bool {
  let text = group + GROUP_HEAD;
  for (let left = load<u32>(group, 4); left > 0; left--) {
    const length: usize = load<u32>(text);
    if (holds(start, end, text + TEXT_HEAD, length)) return true;
    text += TEXT_HEAD + ((length + 3) & ~3);
  }
  return false;
}

/** Sixteen places at once: where its first byte stands, and its last as far behind as it has to. */
function holds(start: usize, end: usize, text: usize, length: usize): bool {
  const first = i8x16.splat(load<i8>(text));
  const last = i8x16.splat(load<i8>(text + length - 1));
  for (let p = start; p + length <= end; p += 16) {
    const both = v128.and(i8x16.eq(v128.load(p), first), i8x16.eq(v128.load(p + length - 1), last));
    if (!v128.any_true(both)) continue;
    for (let places = i8x16.bitmask(both); places != 0; places &= places - 1) {
      const at = p + ctz(places);
      if (at + length <= end && memory.compare(at, text, length) == 0) return true;
    }
  }
  return false;
}

/** A character of the texts as `\u0061`, or a slash as `\/`. */
function holdsEscapes(characters: usize, start: usize, end: usize): bool {
  const backslash = i8x16.splat(BACKSLASH);
  for (let p = start; p < end; p += 16) {
    const found = i8x16.eq(v128.load(p), backslash);
    if (!v128.any_true(found)) continue;
    for (let places = i8x16.bitmask(found); places != 0; places &= places - 1) {
      const at = p + ctz(places) + 1;
      const escaped = load<u8>(at);
      if (escaped == SLASH && occurs(characters, SLASH)) return true;
      if (escaped == LOWER_U && occurs(characters, codeAt(at + 1))) return true;
    }
  }
  return false;
}

function occurs(characters: usize, code: u32): bool {
  return ((load<u8>(characters + (code >> 3)) >> <u8>(code & 7)) & 1) != 0;
}

/** Of four hexadecimal digits: the ASCII character, or NOT_ASCII. */
function codeAt(digits: usize): u32 {
  if (load<u16>(digits) != TWO_ZEROS) return NOT_ASCII;
  const code = (valueOf(load<u8>(digits, 2)) << 4) | valueOf(load<u8>(digits, 3));
  return code < 0x80 ? code : NOT_ASCII;
}

/** Of one that was read as part of a valid record. */
function valueOf(digit: u8): u32 {
  return digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10;
}

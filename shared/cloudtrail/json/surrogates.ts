import { backslash, hexAt } from './bytes.ts';

const replacement = Buffer.from('ufffd');

/** With these begins every escape of half a character. */
const beginnings = [Buffer.from('\\ud'), Buffer.from('\\uD')];

/** False when no half of a character is written as an escape, whole ones included. */
export function mayHoldSurrogates(json: Uint8Array): boolean {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.length);
  return beginnings.some((beginning) => bytes.includes(beginning));
}

/**
 * The same JSON with `\ufffd` for every escaped half of a character whose other half is missing: it has no UTF-8, and a
 * service may refuse it. The very bytes when there is none.
 */
export function withoutLoneSurrogates(json: Uint8Array): Uint8Array {
  if (!mayHoldSurrogates(json)) return json;
  let out = json;
  for (let at = json.indexOf(backslash); at >= 0; at = json[at] === backslash ? at : json.indexOf(backslash, at)) {
    const unit = json[at + 1] === 0x75 ? hexAt(json, at + 2, 4) : -1;
    if (unit < 0xd800 || unit > 0xdfff) {
      at += 2;
    } else if (unit < 0xdc00 && isLow(json, at + 6)) {
      at += 12;
    } else {
      if (out === json) out = Uint8Array.from(json);
      out.set(replacement, at + 1);
      at += 6;
    }
  }
  return out;
}

function isLow(json: Uint8Array, at: number): boolean {
  if (json[at] !== backslash || json[at + 1] !== 0x75) return false;
  const unit = hexAt(json, at + 2, 4);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

import type { Anchors } from '../engine.ts';

/** Writes them as `assembly/anchors.ts` reads them. */
export function anchorBytes(anchors: Anchors): Uint8Array {
  const selectors = anchors.map((groups) => {
    const written = groups.map((texts) => withHead(texts.length, texts.map(textBytes)));
    return withHead(written.length, written);
  });
  return Buffer.concat([charactersIn(anchors.flat(2)), ...selectors]);
}

/** One bit for each ASCII character that occurs in the texts, bit 0 for all others. */
function charactersIn(texts: readonly Uint8Array[]): Uint8Array {
  const bits = new Uint8Array(16);
  for (const byte of texts.flatMap((text) => [...text])) {
    const code = byte < 0x80 ? byte : 0;
    bits[code >> 3] = (bits[code >> 3] ?? 0) | (1 << (code & 7));
  }
  return bits;
}

function textBytes(text: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(4 + 4 * Math.ceil(text.length / 4));
  padded.writeUInt32LE(text.length);
  padded.set(text, 4);
  return padded;
}

/** {bytes, count}, then the parts. */
function withHead(count: number, parts: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(
    parts.reduce((sum, { length }) => sum + length, head.length),
    0,
  );
  head.writeUInt32LE(count, 4);
  return Buffer.concat([head, ...parts]);
}

import { type DecompressOptions, decompress } from '../../gzip/decompress.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { UnitContent } from '../ports/unit.ts';
import { judgeContent } from './judgeContent.ts';

/** The content's own bytes, whether it is stored compressed or not, up to the cap; judged where its name does not explain it. */
export function piecesOf(
  { encoding, strange }: Pick<UnitContent, 'encoding' | 'strange'>,
  stored: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncIterable<Uint8Array> {
  const pieces = encoding === 'gzip' ? decompress(stored, options) : capped(stored, options.capBytes);
  return strange === undefined ? pieces : judgeContent(pieces, strange);
}

async function* capped(stored: AsyncIterable<Uint8Array>, capBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stored) {
    bytes += chunk.length;
    if (bytes > capBytes) {
      throw new ConnectorError('object-too-large', `the content is larger than ${capBytes} bytes`, {
        remedy: 'Raise DECOMPRESSED_BYTES_CAP if content of this size is expected.',
      });
    }
    yield chunk;
  }
}

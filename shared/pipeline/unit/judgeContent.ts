import { shown } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';

/** More than the largest event CloudTrail writes (256 KB), so that the first record is in it. */
const headBytes = 512 * 1024;

/** Every record of CloudTrail has some of these. */
const signs = /"event(?:Version|ID|Time|Source|Name|Type|Category)"\s*:/;

/**
 * Passes on the content of an object that lies where CloudTrail puts none, once it is sure to be a log of CloudTrail's.
 * What is not becomes the object's own failure, which names the part of its key that cannot be explained.
 * @throws ConnectorError 'no-records', or what the content throws before it has shown what it is
 */
export async function* judgeContent(
  pieces: AsyncIterable<Uint8Array>,
  strange: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head: Buffer[] = [];
  let bytes = 0;
  let looked = 0;
  let isTrails = false;
  const hasShown = (isAll: boolean): boolean => {
    looked = bytes;
    isTrails = isLog(Buffer.concat(head).toString('latin1'), isAll);
    return isTrails;
  };
  try {
    for await (const piece of pieces) {
      if (isTrails) {
        yield piece;
        continue;
      }
      // A piece is good only until the next is asked for.
      head.push(Buffer.from(piece));
      bytes += piece.length;
      // Looking again is worth it only when there is much more to see.
      if (bytes >= 2 * looked && hasShown(bytes > headBytes)) yield* head.splice(0);
      else if (bytes > headBytes) break;
    }
    if (!isTrails && bytes > 0 && hasShown(true)) yield* head.splice(0);
  } catch (error) {
    if (isTrails || !(error instanceof ConnectorError) || error.belongsTo !== 'object' || error.retry) throw error;
    throw unlikely(error.code, error.message, strange, error);
  }
  if (!isTrails && bytes > 0) throw unlikely('no-records', 'the object is no log file of CloudTrail', strange);
}

/** Whether this begins a log; as long as it is not all there is, only what is sure counts. */
function isLog(text: string, isAll: boolean): boolean {
  const records = /"Records"\s*:\s*\[/.exec(text);
  if (records === null) return false;
  const after = text.slice(records.index + records[0].length);
  if (/^\s*\]/.test(after)) return true;
  // Notifications of S3 have records, too, which tell another source.
  const source = /"eventSource"\s*:\s*"([^"]*)"/.exec(after)?.[1];
  return source === undefined ? isAll && signs.test(after) : !source.startsWith('aws:');
}

function unlikely(code: ConnectorError['code'], message: string, strange: string, cause?: Error): ConnectorError {
  return new ConnectorError(code, `${message}, and ${shown(strange)} is not where CloudTrail puts one`, {
    cause,
    remedy: `Stop the notifications about ${shown(strange)} to this queue, or tell the maintainers what lies there.`,
  });
}

import { failure, type Link, notVerifiable, ok } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** One log file is opened: read, decrypted, and compressed as CloudTrail does. */
export function objectLink({ name, found }: SourceLook): Link {
  return {
    name: name('log file'),
    needs: [name('target role')],
    run: async (signal) => {
      const unit = found.logFile;
      if (unit === undefined) {
        return notVerifiable(
          'no-log-file',
          'no log file is known to read: none is announced just now',
          'Wait until CloudTrail has written a log file, which takes some minutes, and check again.',
        );
      }
      const content = await unit.open(0, signal);
      const start = await firstBytes(content.chunks).finally(() => content.close());
      const { sizeBytes } = content;
      return isGzip(start)
        ? ok(`${unit.title} is readable (${sizeBytes ?? 'unknown'} bytes)`)
        : failure(
            'gzip-invalid',
            `${unit.title} is not compressed with gzip`,
            'Find who writes to the bucket: CloudTrail compresses its log files. Limit the notification to the suffix .json.gz.',
          );
    },
  };
}

/** The first two bytes, however small the pieces are in which they come; fewer of a shorter file. */
async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const start: number[] = [];
  for await (const chunk of chunks) {
    start.push(...chunk.subarray(0, 2 - start.length));
    if (start.length === 2) break;
  }
  return start;
}

/** https://www.rfc-editor.org/rfc/rfc1952#page-6 */
function isGzip(start: readonly number[]): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

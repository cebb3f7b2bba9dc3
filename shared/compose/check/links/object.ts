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
      const stop = new AbortController();
      const { chunks, sizeBytes } = await unit.open(0, AbortSignal.any([signal, stop.signal]));
      const start = await firstBytes(chunks);
      stop.abort();
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

async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) if (chunk.length >= 2) return chunk;
  return new Uint8Array();
}

/** https://www.rfc-editor.org/rfc/rfc1952#page-6 */
function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

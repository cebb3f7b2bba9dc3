import type { EngineCounts } from '../../cloudtrail/rows/engine.ts';
import type { GzipOddity } from '../../gzip/gunzip.ts';
import type { Oddity } from '../../words/events.ts';

/** Rows of fewer bytes are never an alarm: a tiny file of many small records costs nobody anything. */
const leastExpandedBytes = 10_000_000;

/** What of a log file that was read whole is not as CloudTrail writes it: all of it is told, and none refuses the file. */
export function odditiesOf(
  gzip: ReadonlySet<GzipOddity>,
  { trailingBytes, rowBytes }: Pick<EngineCounts, 'trailingBytes' | 'rowBytes'>,
  compressedBytes: number,
  expansionAlarm: number,
): Oddity[] {
  const found: Oddity[] = [...gzip].map((oddity) => ({ oddity }));
  if (trailingBytes > 0) found.push({ oddity: 'trailing-bytes', bytes: trailingBytes });
  if (rowBytes > Math.max(leastExpandedBytes, expansionAlarm * compressedBytes)) {
    found.push({ oddity: 'expanded', bytes: rowBytes });
  }
  return found;
}

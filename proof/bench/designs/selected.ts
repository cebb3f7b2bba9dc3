import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWasmRowStream } from '../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { anchorsOf } from '../../../shared/cloudtrail/selectors/anchors.ts';
import { judgeBy } from '../../../shared/cloudtrail/selectors/judge.ts';
import { readSelectors } from '../../../shared/settings/selectors.ts';
import { oursWith } from './ours.ts';

const folder = join(import.meta.dirname, '../../../docs/selectors');

/** All ready-made selectors at once. */
const selectors = readdirSync(folder).flatMap((name) => {
  const reading = readSelectors(readFileSync(join(folder, name), 'utf8'), name);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  return reading.selectors;
});

const judge = judgeBy(selectors);

/** The connector's own path with every record judged and none dropped: what dropping saves must not hide what judging costs. */
export const selected = oursWith(
  openWasmRowStream({
    anchors: anchorsOf(selectors),
    judge: (record) => {
      judge(record);
      return 0;
    },
  }),
);

import type { OpenRowStream } from '../cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../cloudtrail/rows/wasm/wasmRowStream.ts';
import { anchorsOf } from '../cloudtrail/selectors/anchors.ts';
import { dropperNames, judgeBy, selectorsHash } from '../cloudtrail/selectors/judge.ts';
import type { DrainSettings } from '../pipeline/limits/drainSettings.ts';
import type { Selector } from '../words/selectors.ts';

/** The rows of log files without what these selectors drop, and what a drain has to know of them. */
export function rowsBy(selectors: readonly Selector[]): {
  readonly openRows: OpenRowStream;
  readonly selecting: Pick<DrainSettings, 'selectors'>;
} {
  if (selectors.length === 0) return { openRows: openWasmRowStream(), selecting: {} };
  return {
    openRows: openWasmRowStream({ judge: judgeBy(selectors), anchors: anchorsOf(selectors) }),
    selecting: { selectors: { names: dropperNames(selectors), hash: selectorsHash(selectors) } },
  };
}

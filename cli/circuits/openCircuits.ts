import { circuitsOfAllSources, type SourceCircuit, tableCircuits } from '../../shared/azure/ledger/tableCircuits.ts';
import type { CircuitName } from '../../shared/pipeline/ports/circuits.ts';
import type { AppValues } from '../replay/appValues.ts';
import { openAppStorage } from '../replay/openApp.ts';

/** The open circuits of an app. */
export interface KeptCircuits {
  list(): Promise<readonly SourceCircuit[]>;
  remove(source: string, name: CircuitName): Promise<void>;
}

/** Those of the app that has these settings; needs no more of them than its storage. @throws Refused */
export function openCircuits(values: AppValues): KeptCircuits {
  const storage = openAppStorage(values);
  const { time } = storage;
  const table = storage.table('circuits');
  return {
    list: () => circuitsOfAllSources({ table, time }),
    remove: (source, name) => tableCircuits({ table, source, time }).remove(name),
  };
}

import { type CircuitStore, circuitText, type OpenCircuit, type SuspectedBucket } from '../ports/circuits.ts';

/** Remembers circuits for as long as the process lives. */
export function memoryCircuits(): CircuitStore {
  const open = new Map<string, OpenCircuit>();
  const suspected = new Map<string, SuspectedBucket>();
  return {
    load: async () => ({ open: [...open.values()], suspected: [...suspected.values()] }),
    save: async (circuit) => {
      suspected.delete(circuitText(circuit.name));
      open.set(circuitText(circuit.name), circuit);
    },
    suspect: async (bucket) => {
      open.delete(circuitText(bucket.name));
      suspected.set(circuitText(bucket.name), bucket);
    },
    remove: async (name) => {
      open.delete(circuitText(name));
      suspected.delete(circuitText(name));
    },
  };
}

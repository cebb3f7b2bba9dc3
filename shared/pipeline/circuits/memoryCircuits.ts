import { type CircuitStore, circuitText, type OpenCircuit } from '../ports/circuits.ts';

/** Remembers open circuits for as long as the process lives. */
export function memoryCircuits(): CircuitStore {
  const open = new Map<string, OpenCircuit>();
  return {
    load: async () => [...open.values()],
    save: async (circuit) => {
      open.set(circuitText(circuit.name), circuit);
    },
    remove: async (name) => {
      open.delete(circuitText(name));
    },
  };
}

import type { CircuitName, CircuitStore, OpenCircuit } from '../ports/ports.ts';

/** Remembers open circuits for as long as the process lives. */
export function memoryCircuits(): CircuitStore {
  const open = new Map<CircuitName, OpenCircuit>();
  return {
    load: async () => [...open.values()],
    save: async (circuit) => {
      open.set(circuit.name, circuit);
    },
    remove: async (name) => {
      open.delete(name);
    },
  };
}

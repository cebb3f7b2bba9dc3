import { type CircuitName, circuitText, type OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';

/** Circuits that remember what opened, and that no probe closes. */
export function circuitsOfRules(rules: readonly string[]) {
  const opened: string[] = [];
  const onTrial = new Set<string>();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    opened,
    onTrial,
    isOpen: (name: CircuitName) => opened.includes(circuitText(name)),
    isOnTrial: (name: CircuitName) => onTrial.has(circuitText(name)),
    succeeded: (name: CircuitName) => {
      onTrial.delete(circuitText(name));
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (name: CircuitName) => {
      if (!opened.includes(circuitText(name))) opened.push(circuitText(name));
      tell();
    },
    close: (name: CircuitName) => {
      opened.splice(opened.indexOf(circuitText(name)), 1);
      tell();
    },
    get blocking(): OpenCircuit | undefined {
      if (!rules.every((rule) => opened.includes(`rule/${rule}`))) return undefined;
      const because = { code: 'upload-denied', message: 'no' } as const;
      return { name: { kind: 'source' }, openedAt: 0, because, nextProbeAt: 0, probes: 0 };
    },
  };
}

export function rule(name: string): CircuitName {
  return { kind: 'rule', rule: name };
}

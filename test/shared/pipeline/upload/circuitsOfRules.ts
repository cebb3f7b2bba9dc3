/** Circuits that remember what opened, and that no probe closes. */
export function circuitsOfRules(rules: readonly string[]) {
  const opened: string[] = [];
  const onTrial = new Set<string>();
  const listeners = new Set<() => void>();
  return {
    opened,
    onTrial,
    isOpen: (name: string) => opened.includes(name),
    isOnTrial: (name: string) => onTrial.has(name),
    succeeded: (name: string) => {
      onTrial.delete(name);
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (name: string) => {
      if (!opened.includes(name)) opened.push(name);
      for (const listener of listeners) listener();
    },
    close: (name: string) => {
      opened.splice(opened.indexOf(name), 1);
      for (const listener of listeners) listener();
    },
    get blocking() {
      const isOut = rules.every((rule) => opened.includes(`rule/${rule}`));
      const because = { code: '', message: '' };
      return isOut ? { name: 'source' as const, openedAt: 0, because, nextProbeAt: 0, probes: 0 } : undefined;
    },
  };
}

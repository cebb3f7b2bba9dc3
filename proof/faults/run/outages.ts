/** What can be shut. */
interface Gate {
  shut(): void | Promise<void>;
  open(): Promise<void>;
}

/** Outages that may overlap: a gate is open again when the last of its outages has ended. */
export class Outages {
  readonly #outages = new Map<Gate, number>();

  async begin(gates: readonly Gate[]): Promise<void> {
    for (const gate of gates) this.#outages.set(gate, (this.#outages.get(gate) ?? 0) + 1);
    await Promise.all(gates.map((gate) => gate.shut()));
  }

  async end(gates: readonly Gate[]): Promise<void> {
    for (const gate of gates) this.#outages.set(gate, (this.#outages.get(gate) ?? 1) - 1);
    await Promise.all(gates.filter((gate) => this.#outages.get(gate) === 0).map((gate) => gate.open()));
  }
}

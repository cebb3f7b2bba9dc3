/** An object that was announced and whose message is not deleted yet. */
export interface AnnouncedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** The user's own file, when there is one. */
  readonly path?: string;
}

/** What was announced and is not delivered: bounds the feeding, and says when there is nothing more to wait for. */
export class Outstanding {
  readonly #messages = new Map<string, AnnouncedObject | undefined>();
  readonly #failed = new Set<string>();
  #bytes = 0;

  /** Messages that were not deleted yet, and the bytes of their objects. */
  get messages(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True when every message was deleted or has failed at least once. */
  get isSettled(): boolean {
    return this.#failed.size === this.#messages.size;
  }

  add(messageId: string, object?: AnnouncedObject): void {
    this.#messages.set(messageId, object);
    this.#bytes += object?.sizeBytes ?? 0;
  }

  /** Returns the object that is delivered now. */
  deleted(messageId: string): AnnouncedObject | undefined {
    const object = this.#messages.get(messageId);
    this.#messages.delete(messageId);
    this.#failed.delete(messageId);
    this.#bytes -= object?.sizeBytes ?? 0;
    return object;
  }

  failed(messageId: string): void {
    if (this.#messages.has(messageId)) this.#failed.add(messageId);
  }

  /** The user's own file that a message announces. */
  pathOf(messageId: string): string | undefined {
    return this.#messages.get(messageId)?.path;
  }
}

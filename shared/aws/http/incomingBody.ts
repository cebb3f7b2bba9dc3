import type { Dispatcher } from 'undici';

/** A connection is read no further while more than this of its answer waits for its reader. */
const heldBytes = 256 * 1024;

/** The body of one answer as it comes in; iterated once. Leaving early closes the connection. */
export class IncomingBody implements AsyncIterable<Uint8Array> {
  readonly #controller: Dispatcher.DispatchController;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #received = 0;
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  /** Bytes that came so far. */
  get received(): number {
    return this.#received;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
    this.#received += piece.length;
    if (this.#held > heldBytes) {
      this.#controller.pause();
    }
    this.#wake?.();
  }

  /** Nothing more will come, because of the error if there is one. */
  end(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const pieces = this.#pieces;
        if (pieces.length > 0) {
          this.#pieces = [];
          this.#held = 0;
          this.#controller.resume();
          yield* pieces;
        } else if (this.#end === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        } else if (this.#end.error === undefined) {
          return;
        } else {
          throw this.#end.error;
        }
      }
    } finally {
      this.close();
    }
  }

  /** Closes the connection, unless the whole body came. */
  close(): void {
    if (this.#end === undefined) {
      this.#controller.abort(new Error('the answer was not wanted any more'));
    }
  }

  /** The whole body. Throws when it has more bytes than that. */
  async all(maxBytes: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of this) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxBytes) {
        throw new Error(`the answer has more than ${maxBytes} bytes`);
      }
    }
    return Buffer.concat(pieces, bytes);
  }
}

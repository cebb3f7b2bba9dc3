/** Reads chunks of any size as a run of bytes that can be looked at before they are taken. */
export class ByteReader {
  /** Bytes taken so far. */
  offset = 0;
  /** Bytes read and not yet taken. */
  buffered: Uint8Array = new Uint8Array(0);
  /** True when nothing follows `buffered`. */
  ended = false;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The bytes read and not taken, and all further chunks as they come. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    await this.fill(1);
    while (this.buffered.length > 0) {
      const chunk = this.buffered;
      this.take(chunk.length);
      yield chunk;
      await this.fill(1);
    }
  }

  /** Reads until so many bytes are buffered or nothing follows. */
  async fill(bytes: number): Promise<void> {
    if (this.buffered.length >= bytes || this.ended) return;
    const parts = [this.buffered];
    let length = this.buffered.length;
    while (length < bytes && !this.ended) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.ended = true;
      } else {
        parts.push(next.value);
        length += next.value.length;
      }
    }
    const [only] = parts.filter((part) => part.length > 0);
    this.buffered = only?.length === length ? only : Buffer.concat(parts, length);
  }

  /** Takes buffered bytes. */
  take(bytes: number): void {
    this.buffered = this.buffered.subarray(bytes);
    this.offset += bytes;
  }

  /** To be called when no more is wanted, so that the source can clean up. */
  async close(): Promise<void> {
    if (!this.ended) await this.#chunks.return?.();
  }
}

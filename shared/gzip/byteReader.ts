/** Reads chunks of any size as a run of bytes that can be looked at before they are taken. */
export class ByteReader {
  /** Bytes taken so far. */
  offset = 0;
  /** Bytes read and not yet taken. */
  buffered: Uint8Array = new Uint8Array(0);
  /** True when nothing follows `buffered`. */
  ended = false;
  /** True when more would follow than is ever read. */
  isCut = false;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #room: number;

  /** Of the chunks at most so many bytes are read. */
  constructor(chunks: AsyncIterable<Uint8Array>, mostBytes: number = Number.POSITIVE_INFINITY) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#room = mostBytes;
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
    const parts = this.buffered.length === 0 ? [] : [this.buffered];
    let length = this.buffered.length;
    while (length < bytes && !this.ended) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.ended = true;
        break;
      }
      const chunk = this.#cut(next.value);
      if (chunk.length === 0) continue;
      parts.push(chunk);
      length += chunk.length;
    }
    const [only = this.buffered] = parts;
    this.buffered = parts.length < 2 ? only : Buffer.concat(parts, length);
  }

  /** What of a chunk may still be read; where it is not all, nothing more is. */
  #cut(chunk: Uint8Array): Uint8Array {
    this.isCut = chunk.length > this.#room;
    if (this.isCut) {
      this.ended = true;
      return chunk.subarray(0, this.#room);
    }
    this.#room -= chunk.length;
    return chunk;
  }

  /** Takes buffered bytes. */
  take(bytes: number): void {
    this.buffered = this.buffered.subarray(bytes);
    this.offset += bytes;
  }

  /** To be called when no more is wanted, so that the source can clean up. */
  async close(): Promise<void> {
    if (!this.ended || this.isCut) await this.#chunks.return?.();
  }
}

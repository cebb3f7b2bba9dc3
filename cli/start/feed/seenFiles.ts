import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Finds the same bytes under a second name. Large files are read for it only when another has their size. */
export class SeenFiles {
  readonly #byDigest = new Map<string, string>();
  readonly #largeBySize = new Map<number, string | undefined>();

  /** The path under which these bytes came first, or undefined when they are new. */
  twinOfContent(path: string, content: Buffer): string | undefined {
    return this.#note(hash('sha1', content, 'base64'), path);
  }

  async twinOfFile(path: string, sizeBytes: number): Promise<string | undefined> {
    if (!this.#largeBySize.has(sizeBytes)) {
      this.#largeBySize.set(sizeBytes, path);
      return undefined;
    }
    const first = this.#largeBySize.get(sizeBytes);
    if (first !== undefined) {
      this.#note(await digestOf(first), first);
      this.#largeBySize.set(sizeBytes, undefined);
    }
    return this.#note(await digestOf(path), path);
  }

  #note(digest: string, path: string): string | undefined {
    const twin = this.#byDigest.get(digest);
    if (twin === undefined) this.#byDigest.set(digest, path);
    return twin;
  }
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha1');
  for await (const part of createReadStream(path)) digest.update(part as Buffer);
  return digest.digest('base64');
}

import { type FileHandle, open } from 'node:fs/promises';

/** Appends rows to a table file; what was appended stays in order, and is in the file once the promise resolved. */
export interface TableWriter {
  readonly path: string;
  append(lines: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens or goes on with a table file: newline-delimited JSON, one row a line. An unfinished last line, left by a kill, is removed. */
export async function openTableWriter(path: string, onFailed: (error: Error) => void = () => {}): Promise<TableWriter> {
  await removeUnfinishedLine(path);
  const file = await open(path, 'a');
  let waiting: { readonly lines: readonly Uint8Array[]; readonly done: PromiseWithResolvers<void> }[] = [];
  let writing: Promise<void> | undefined;

  // Everything that waits goes out in one write; the next group gathers meanwhile.
  const writeGroups = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await writeAll(
          file,
          group.flatMap((entry) => entry.lines),
        );
        for (const entry of group) entry.done.resolve();
      } catch (error) {
        onFailed(error as Error);
        for (const entry of group) entry.done.reject(error);
      }
    }
    writing = undefined;
  };

  return {
    path,
    append(lines) {
      const done = Promise.withResolvers<void>();
      waiting.push({ lines, done });
      writing ??= writeGroups();
      return done.promise;
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

async function writeAll(file: FileHandle, lines: readonly Uint8Array[]): Promise<void> {
  const bytes = lines.length === 1 ? (lines[0] as Uint8Array) : Buffer.concat(lines);
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

async function removeUnfinishedLine(path: string): Promise<void> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const block = Buffer.alloc(65_536);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - block.length);
      const { bytesRead } = await file.read(block, 0, end - start, start);
      const newline = block.subarray(0, bytesRead).lastIndexOf(10);
      if (newline >= 0 || start === 0) {
        await file.truncate(start + newline + 1);
        return;
      }
      end = start;
    }
  } finally {
    await file.close();
  }
}

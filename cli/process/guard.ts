import { writeSync } from 'node:fs';
import { basename } from 'node:path';
import { sentenceOf } from './sentence.ts';

let isGuarded = false;

/**
 * Gives a command the manners that every one has: what nobody foresaw is one sentence and exit code 1, never a stack;
 * output that could not be written is never a success; and who is left alone by the process that started it ends.
 */
export function guardProcess(name: string): void {
  // A test may read a command's arguments in a process that is not the command's.
  if (isGuarded || basename(process.argv[1] ?? '', '.ts') !== name) return;
  isGuarded = true;
  const fail = (error: unknown): never => {
    say(`${name}: ${sentenceOf(error)}`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  guardOutput(name);
  endWithParent();
}

/** A reader that has enough, as `head` has, is no failure; a full disk is. */
function guardOutput(name: string): void {
  let lost: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') lost ??= error;
    });
  }
  process.on('exit', () => {
    // Who exits at once does not hear of it.
    const error = lost ?? errorOf(process.stdout) ?? errorOf(process.stderr);
    if (error === undefined) return;
    say(`${name}: the output could not be written: ${sentenceOf(error)}`);
    process.exitCode = Number(process.exitCode ?? 0) || 1;
  });
}

function errorOf(stream: NodeJS.WriteStream): NodeJS.ErrnoException | undefined {
  const error = stream.errored as NodeJS.ErrnoException | null;
  return error === null || error.code === 'EPIPE' ? undefined : error;
}

/** Started by tools/bootstrap.mjs, which is killed: nobody would be left to end this. */
function endWithParent(): void {
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening must not keep a command alive that has done its work.
  process.channel?.unref();
}

/** At once and without a stream, since this process is about to end; nobody may be there to read it. */
function say(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Standard error is what cannot be written: the exit code says it.
  }
}

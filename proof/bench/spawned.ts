import { spawn } from 'node:child_process';

/** A run that takes longer than this hangs; the slowest takes some twenty seconds. */
const limitMs = 120_000;

/** Runs a command to its end and answers what it printed. @throws Error when it cannot be started, fails or hangs */
export async function spawned([command = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: limitMs });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with status ${status}`);
  return Buffer.concat(pieces).toString();
}

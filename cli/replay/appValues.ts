import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from './refused.ts';

export type AppValues = Readonly<Record<string, string | undefined>>;

/**
 * What the app is told: the environment, and what it leaves open from local.settings.json, as the Functions tools do it;
 * or, `local`, what the set-up that runs on this machine was told.
 * @throws Refused
 */
export function readAppValues(root: string, environment: AppValues, local: boolean): AppValues {
  if (local) return { ...environment, ...valuesOfRun(join(root, '.local', 'run.json')) };
  const file = join(root, 'local.settings.json');
  return existsSync(file) ? { ...valuesOfFile(file), ...environment } : environment;
}

function valuesOfRun(file: string): AppValues {
  const remedy = 'Start one in another terminal, and leave it running: npm start -- --serve';
  if (!existsSync(file)) throw new Refused('no local set-up runs: there is no .local/run.json', remedy);
  const { pids, appSettings } = fields(readJson(file));
  if (!isAlive(fields(pids)['supervisor'])) {
    throw new Refused('the local set-up that .local/run.json tells of has ended', remedy);
  }
  return texts(appSettings);
}

function valuesOfFile(file: string): AppValues {
  const { IsEncrypted, Values } = fields(readJson(file));
  if (IsEncrypted === true) {
    throw new Refused(
      'local.settings.json is encrypted',
      'Decrypt it (func settings decrypt), or set environment variables.',
    );
  }
  return texts(Values);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refused(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      'Put it right, or remove it.',
    );
  }
}

function isAlive(pid: unknown): boolean {
  if (typeof pid !== 'number') return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Alive, and somebody else's.
    return fields(error)['code'] === 'EPERM';
  }
}

function texts(value: unknown): Record<string, string> {
  const found = Object.entries(fields(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(found);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

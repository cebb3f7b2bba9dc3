import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCase, encodeCase, type FuzzCase } from './fuzzCase.ts';

const folder = join(import.meta.dirname, '../../test/fixtures/fuzz');

/** Cases that once failed in some build, by name: each is read again by every run and by the tests. */
export function loadCorpus(): ReadonlyMap<string, FuzzCase> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, decodeCase(readFileSync(join(folder, name), 'utf8'))]));
}

/** Answers the file's path. */
export function saveCase(input: FuzzCase, problem: string): string {
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, encodeCase(input, problem));
  return path;
}

import { createHash } from 'node:crypto';
import type { Selector } from '../../words/selectors.ts';
import type { JudgeRecord } from '../rows/engine.ts';
import { matches } from './match.ts';

/** Judges records by these selectors, reading them: the first that matches decides, and what cannot be judged is kept. */
export function judgeBy(selectors: readonly Selector[]): JudgeRecord {
  return (record) => judged(parsed(record), selectors);
}

/** Names of those that drop records, by the numbers that a judgement gives, less one. */
export function dropperNames(selectors: readonly Selector[]): readonly string[] {
  return selectors.filter(({ Action }) => Action === 'drop').map(({ Name }) => Name);
}

/** Tells selectors apart that may decide differently, in 16 characters; empty without any. */
export function selectorsHash(selectors: readonly Selector[]): string {
  if (selectors.length === 0) return '';
  return createHash('sha256').update(JSON.stringify(selectors)).digest('base64url').slice(0, 16);
}

function judged(record: unknown, selectors: readonly Selector[]): number {
  if (record === undefined) return 0;
  let droppers = 0;
  for (const selector of selectors) {
    const drops = selector.Action === 'drop';
    if (drops) droppers++;
    const match = matches(record, selector);
    if (match === 'unclear') return 0;
    if (match === 'yes') return drops ? droppers : 0;
  }
  return 0;
}

/** Undefined for what the engine took for a record and JSON's own parser does not. */
function parsed(record: Uint8Array): unknown {
  const { buffer, byteLength, byteOffset } = record;
  try {
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString());
  } catch {
    return undefined;
  }
}

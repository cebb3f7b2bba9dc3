import { RowRanges } from '../../shared/pipeline/rowRanges.ts';
import type { StorageCall } from './storageGate.ts';

/** What became certain about one object in the ledger, because its storage has taken it. */
export type LedgerFact =
  /** Claimed, kept or given up by the holder of this token. */
  | { readonly kind: 'claimed'; readonly key: string; readonly token: string }
  | { readonly kind: 'accepted'; readonly key: string }
  | { readonly kind: 'progress'; readonly key: string; readonly rows: RowRanges };

/** Reads the ledger's facts out of a request that table storage has answered. */
export function ledgerFacts({ method, sent, status, answer }: StorageCall): LedgerFact[] {
  const isWrite = method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'MERGE';
  if (!isWrite || status < 200 || status > 299 || hasRefusedPart(answer)) return [];
  return entitiesIn(sent).flatMap(factOf);
}

/** A transaction is answered 202 whatever became of it; one refused part refuses all. */
function hasRefusedPart(answer: string): boolean {
  return /^HTTP\/1\.1 [45]/m.test(answer);
}

function entitiesIn(sent: string): Record<string, unknown>[] {
  const lines = sent.startsWith('{') ? [sent] : sent.split(/\r?\n/).filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function factOf(entity: Record<string, unknown>): LedgerFact[] {
  const { state, objectKey: key, progressRows: rows, owner: token } = entity;
  if (typeof key !== 'string') return [];
  if (state === 'accepted') return [{ kind: 'accepted', key }];
  if (state === undefined && typeof rows === 'string') return [{ kind: 'progress', key, rows: RowRanges.parse(rows) }];
  return state === 'claimed' && typeof token === 'string' ? [{ kind: 'claimed', key, token }] : [];
}

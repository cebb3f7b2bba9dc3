import { RowRanges } from '../../../shared/kit/ranges.ts';
import type { StorageCall } from '../processes/storageGate.ts';

/** What became certain about one object in the ledger, because its storage has answered. */
export type LedgerFact =
  | ClaimFact
  /** Its holder has no use for it any more: given up, or failed. */
  | { readonly kind: 'given-up'; readonly key: string }
  | { readonly kind: 'accepted'; readonly key: string }
  | { readonly kind: 'progress'; readonly key: string; readonly rows: RowRanges }
  /** A change was refused, since somebody else has changed the entry; without a token it was not about the claim. */
  | { readonly kind: 'refused'; readonly key: string; readonly token?: string };

/** Claimed or kept by the holder of this token, who wrote so at a time of the story and may hold it until another. */
export interface ClaimFact {
  readonly kind: 'claimed';
  readonly key: string;
  readonly token: string;
  readonly writtenAt: number;
  readonly until: number;
}

/** One entity that was to be written. */
interface Write {
  readonly isInsert: boolean;
  readonly entity: Readonly<Record<string, unknown>>;
}

/** Reads the ledger's facts out of a request that table storage has answered. */
export function ledgerFacts({ method, sent, status, answer }: StorageCall): LedgerFact[] {
  if (!/^(?:POST|PUT|PATCH|MERGE)$/.test(method)) return [];
  const writes = writesIn(method, sent);
  const refused = refusal(status, answer);
  if (refused !== undefined) return writes.slice(refused.part, refused.part + 1).flatMap(refusedOf);
  if (status < 200 || status > 299 || /^HTTP\/1\.1 [45]/m.test(answer)) return [];
  return writes.flatMap(factOf);
}

/**
 * The part that somebody else's change stood against. A transaction is answered 202 whatever became of it: one refused
 * part, named by the number before its message, refuses all. The others are tried alone afterwards, and are told of then.
 */
function refusal(status: number, answer: string): { readonly part: number } | undefined {
  if (status === 412 || status === 404) return { part: 0 };
  const isPart = status === 202 && /^HTTP\/1\.1 (?:412|404)/m.test(answer);
  return isPart ? { part: Number(/"value":"(\d+):/.exec(answer)?.[1] ?? 0) } : undefined;
}

function writesIn(method: string, sent: string): Write[] {
  const writes: Write[] = [];
  let isInsert = method === 'POST';
  for (const line of sent.split(/\r?\n/)) {
    const [, ofPart] = /^([A-Z]+) \S+ HTTP\/1\.1$/.exec(line) ?? [];
    if (ofPart !== undefined) isInsert = ofPart === 'POST';
    else if (line.startsWith('{')) writes.push({ isInsert, entity: JSON.parse(line) as Write['entity'] });
  }
  return writes;
}

function factOf({ entity }: Write): LedgerFact[] {
  const { state, objectKey: key, progressRows: rows, owner: token } = entity;
  if (typeof key !== 'string') return [];
  if (state === 'accepted') return [{ kind: 'accepted', key }];
  if (state === 'failed') return [{ kind: 'given-up', key }];
  if (state === undefined && typeof rows === 'string') return [{ kind: 'progress', key, rows: RowRanges.parse(rows) }];
  if (state !== 'claimed' || typeof token !== 'string') return [];
  const [writtenAt, until] = [Date.parse(String(entity['recordedAt'])), Date.parse(String(entity['until']))];
  return [until === writtenAt ? { kind: 'given-up', key } : { kind: 'claimed', key, token, writtenAt, until }];
}

/** An insert that finds an entry is no loss: there was nothing to lose yet. */
function refusedOf(write: Write): LedgerFact[] {
  const [fact] = factOf(write);
  if (fact === undefined || write.isInsert) return [];
  const { owner: token } = write.entity;
  return [{ kind: 'refused', key: fact.key, ...(typeof token === 'string' && { token }) }];
}

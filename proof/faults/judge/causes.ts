import type { ClaimFact, LedgerFact } from './ledgerWatch.ts';

/** Why the outcome of an upload is not in the ledger. */
export type Cause =
  /** The answer reached nobody. */
  | 'unanswered'
  /** Its process was killed before the outcome was in the ledger. */
  | 'crash'
  /** Its sender had a claim, and lost it to another. */
  | 'claim-lost'
  /** The ledger's storage failed its process. */
  | 'no-ledger'
  /** Its sender counted it as unknown: it did not wait for an answer that was under way. */
  | 'hung-up';

/** Writes of progress after an answer that may lack its rows. */
const mayMissAnswer = 2;

/** Something the ledger has learnt, from whom. Times are places in the order of all that was seen. */
export interface Fact {
  readonly instance: number;
  readonly at: number;
  readonly fact: LedgerFact;
}

/** The rows of one object in one body that the destination has taken. */
export interface UploadedRows {
  readonly instance: number;
  readonly at: number;
  /** When the answer was on its way. */
  readonly answeredAt: number;
  /** Positions in the object. */
  readonly indices: readonly number[];
}

/** From one time to another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All that was seen of one object. */
export interface ObjectHistory {
  /** In order. */
  readonly facts: readonly Fact[];
  readonly uploads: readonly UploadedRows[];
}

/** What happened to one process. */
export interface InstanceFate {
  readonly wasKilled: boolean;
  /** When it could not rely on the ledger's storage. */
  readonly ledgerFailed: readonly Span[];
}

/** A claim from its first writing until its holder ended it, or began another. */
interface OwnClaim extends Span {
  readonly token: string;
  /** By its holder, who gave the object up or had it accepted. */
  readonly isEnded: boolean;
  /** Ended by another claim of the same process: of another message about the object. */
  readonly next: OwnClaim | undefined;
}

/**
 * Whether the sender of an answered upload got the outcome into the ledger under the claim it sent it under. Who claims
 * only afterwards has read without the ledger, and could not see what was there; and under one claim rows are sent once:
 * what is sent again after an answer belongs to a reading beside it, which the ledger does not know.
 */
export function isRecorded(upload: UploadedRows, { facts, uploads }: ObjectHistory): boolean {
  const { at, indices, instance } = upload;
  const own = facts.filter((each) => each.instance === instance);
  const claim = own.findLast((each) => each.at < at && each.fact.kind === 'claimed')?.fact;
  const later = own.filter((each) => each.at > at);
  const recordedAt = later.find(({ fact }) => covers(fact, indices))?.at;
  if (recordedAt === undefined) return false;
  if (later.some((each) => each.at < recordedAt && isOtherClaim(each.fact, claim))) return false;
  const claimedAt = ownClaims(own).findLast(({ from, to }) => from < at && at < to)?.from ?? at;
  return !uploads.some(
    (other) => hasSameRows(upload, other) && other.at > claimedAt && other.at < at && Number.isFinite(other.answeredAt),
  );
}

/** Why the outcome of an answered upload may be missing from the ledger; undefined when nothing explains it. */
export function causeOf(
  upload: UploadedRows,
  history: ObjectHistory,
  { ledgerFailed, wasKilled }: InstanceFate,
): Cause | undefined {
  const own = history.facts.filter((each) => each.instance === upload.instance);
  const claims = ownClaims(own);
  const claim = claims.findLast(({ from, to }) => from < upload.at && upload.at < to);
  if (wasKilled && !hadTimeToRecord(upload, own, claim)) return 'crash';
  if (claim !== undefined && wasLost(upload, claim, claims, history)) return 'claim-lost';
  const without = withoutLedger(upload, claim, history);
  return ledgerFailed.some(({ from, to }) => from < without.to && to > without.from) ? 'no-ledger' : undefined;
}

/**
 * Progress is written one time after the other, each time the newest. The first after the answer may have been under way;
 * a process that was busy may find the end of it and the answer in one turn of its event loop, and begin the second
 * before it looks at the answer; the third cannot lack the rows. And nobody gives an object up before the last is written.
 */
function hadTimeToRecord({ answeredAt, indices }: UploadedRows, own: readonly Fact[], claim?: OwnClaim): boolean {
  if (claim?.isEnded && claim.to > answeredAt) return true;
  const until = claim?.to ?? Number.POSITIVE_INFINITY;
  const progress = own.filter(({ at, fact }) => at > answeredAt && at < until && fact.kind === 'progress');
  return (
    progress.length > mayMissAnswer && !progress.slice(0, mayMissAnswer + 1).some(({ fact }) => covers(fact, indices))
  );
}

/**
 * Another process claimed the object when the claim's time was over, and the upload came after that, or a later write of
 * its sender was refused. The same process takes over from itself when another message announces the object and it stood
 * still for too long.
 */
function wasLost(
  upload: UploadedRows,
  claim: OwnClaim,
  claims: readonly OwnClaim[],
  { facts }: ObjectHistory,
): boolean {
  const { at, instance } = upload;
  const isRefused = (lost: Pick<OwnClaim, 'token'>, from: number, to: number): boolean =>
    facts.some(
      (each) =>
        each.instance === instance &&
        each.at > from &&
        each.at < to &&
        each.fact.kind === 'refused' &&
        (each.fact.token ?? lost.token) === lost.token,
    );
  const other = facts.find(
    (each) =>
      each.instance !== instance && each.at > claim.from && each.at < claim.to && isRightfulClaim(each, claim, facts),
  );
  if (other !== undefined && (at > other.at || isRefused(claim, at, claim.to))) return true;
  const before = claims.find(({ next }) => next === claim) ?? claim;
  return [before, claim].some(({ next, to, token }) => {
    const successor = facts.find((each) => each.at === next?.from);
    if (next === undefined || successor === undefined) return false;
    return isRightfulClaim(successor, { token }, facts) && isRefused({ token }, to, next.to);
  });
}

/** Whether the time of the claim was over when this one was made: who takes what is held explains nothing by it. */
function isRightfulClaim({ at, fact }: Fact, { token }: Pick<OwnClaim, 'token'>, facts: readonly Fact[]): boolean {
  if (fact.kind !== 'claimed') return false;
  const kept = facts
    .filter((each) => each.at < at)
    .map((each) => each.fact)
    .findLast((each): each is ClaimFact => each.kind === 'claimed' && each.token === token);
  return kept === undefined || fact.writtenAt >= kept.until;
}

/**
 * The time in which a failure of the storage explains the upload: under a claim from the claim on, until a newer one.
 * Who has no claim, or sends the same rows a second time under it, was given the object for want of a ledger before.
 */
function withoutLedger(upload: UploadedRows, claim: OwnClaim | undefined, { uploads }: ObjectHistory): Span {
  if (claim === undefined) return { from: 0, to: upload.at };
  const isReadTwice = uploads.some(
    (other) => hasSameRows(upload, other) && other.at > claim.from && other.at < claim.to,
  );
  return { from: isReadTwice ? 0 : claim.from, to: claim.to };
}

function ownClaims(own: readonly Fact[]): readonly OwnClaim[] {
  const claims: { -readonly [Name in keyof OwnClaim]: OwnClaim[Name] }[] = [];
  let open: (typeof claims)[number] | undefined;
  for (const { at, fact } of own) {
    if (fact.kind === 'claimed' && fact.token !== open?.token) {
      const { token } = fact;
      const claim = { token, from: at, to: Number.POSITIVE_INFINITY, isEnded: false, next: undefined };
      if (open !== undefined) Object.assign(open, { to: at, next: claim });
      claims.push(claim);
      open = claim;
    } else if ((fact.kind === 'given-up' || fact.kind === 'accepted') && open !== undefined) {
      Object.assign(open, { to: at, isEnded: true });
      open = undefined;
    }
  }
  return claims;
}

function hasSameRows({ at, indices, instance }: UploadedRows, other: UploadedRows): boolean {
  return other.instance === instance && other.at !== at && other.indices.some((index) => indices.includes(index));
}

/** True when the fact says that these rows of the object are taken. */
function covers(fact: LedgerFact, indices: readonly number[]): boolean {
  return fact.kind === 'accepted' || (fact.kind === 'progress' && indices.every((index) => fact.rows.has(index)));
}

function isOtherClaim(fact: LedgerFact, claim: LedgerFact | undefined): boolean {
  return fact.kind === 'claimed' && !(claim?.kind === 'claimed' && claim.token === fact.token);
}

import { lookup } from 'node:dns/promises';
import type { TokenCredential } from '@azure/core-auth';
import { azureCredential, entraToken } from '../../azure/identity.ts';
import { tableStore } from '../../azure/ledger/tableStore.ts';
import { openStorage, type Storage } from '../../azure/storage/account.ts';
import { hostIdentity, storageAccount, storageProblems, storageValues } from '../../azure/storage/accountValues.ts';
import type { Environment } from '../../settings/reader.ts';
import { readSettings, type Settings, type SourceSettings } from '../../settings/settings.ts';
import type { Clock } from '../../words/clock.ts';
import { composeSource, madeAtFirstUse } from '../source.ts';
import { failedEntriesIn, ledgerScope } from '../state.ts';
import { type CheckReport, type LinkResult, walk } from './chain.ts';
import type { Link } from './link.ts';
import { bucketLink } from './links/bucket.ts';
import { clockLink } from './links/clock.ts';
import { deadLetterLink } from './links/deadLetters.ts';
import { notificationLink } from './links/notification.ts';
import { objectLink } from './links/object.ts';
import type { AddressesOf } from './links/privateEndpoint.ts';
import { queueLink, queueSetUpLink, settlingLink } from './links/queue.ts';
import { queuePolicyLink } from './links/queuePolicy.ts';
import { roleLinks } from './links/roles.ts';
import { ruleLinks } from './links/rules.ts';
import { sampleLink } from './links/sample.ts';
import { settingsLink } from './links/settings.ts';
import { soleReaderLink } from './links/soleReader.ts';
import { storageLinks } from './links/storage.ts';
import { storageIdentityLink } from './links/storageIdentity.ts';
import { selectorsLink, trailLink } from './links/trail.ts';
import type { SourceLook } from './sourceLook.ts';

/** What settings do not say. */
export interface CheckWorld {
  readonly clock: Clock;
  readonly identity: 'managed-identity' | 'developer' | TokenCredential;
  /** Authorities to trust at the ingestion endpoint in place of Node's own: for a server on this machine. */
  readonly ingestionCa?: string;
  readonly onResult?: (result: LinkResult) => void;
  /** Default: by the resolver of this machine. */
  readonly addressesOf?: AddressesOf;
  /** Whether one message of each queue is looked at, which uses up one receive of it. */
  readonly takesSample: boolean;
}

/**
 * Walks the chain from CloudTrail to the table, link by link, and says which one is broken. Changes nothing but what
 * goes by itself: a message that is looked at is given back at once. Never rejects.
 */
export async function check(environment: Environment, world: CheckWorld): Promise<CheckReport> {
  const { clock, onResult } = world;
  const open: { close(): void }[] = [];
  try {
    const links = linksOf(environment, world, open);
    return await walk(links, { clock, ...(onResult === undefined ? {} : { onResult }) });
  } finally {
    for (const part of open) part.close();
  }
}

function linksOf(environment: Environment, world: CheckWorld, open: { close(): void }[]): readonly Link[] {
  const reading = readSettings(environment);
  const clientId = environment['AZURE_CLIENT_ID']?.trim() || undefined;
  const { identity } = world;
  const credential = typeof identity === 'object' ? identity : azureCredential({ kind: identity, clientId });
  const { storage, links: linksOfStorage } = storageOf(environment, world, credential);
  const base = [settingsLink(environment), ...linksOfStorage, clockLink(storage)];
  if (!reading.ok) return [...base, ...withoutSettings];
  const { settings } = reading;
  const sources = settings.sources.flatMap((source) => {
    const look = lookAt(settings, source, credential, world, storage);
    open.push(look);
    return sourceLinks(look, world);
  });
  const { destination } = settings;
  return [...base, ...sources, ...ruleLinks({ destination, credential, clock: world.clock, ca: world.ingestionCa })];
}

/** In the order in which a cause comes before its effects. */
function sourceLinks(look: SourceLook, { clock, takesSample }: CheckWorld): readonly Link[] {
  const { allowedBuckets } = look.settings;
  return [
    ...roleLinks(look),
    ...[queueLink, queueSetUpLink, queuePolicyLink, deadLetterLink, settlingLink].map((link) => link(look)),
    ...allowedBuckets.map((bucket) => bucketLink(look, bucket)),
    ...[trailLink, selectorsLink].map((link) => link(look)),
    ...allowedBuckets.map((bucket) => notificationLink(look, bucket)),
    sampleLink(look, { clock, isWanted: takesSample }),
    objectLink(look),
    soleReaderLink(look, clock),
  ];
}

/** What cannot even be asked without settings. */
const withoutSettings = [
  ...['Entra token', 'hub role', 'target role', 'queue', 'log file', 'Azure Monitor token', 'data collection rule'],
].map((name): Link => ({ name, needs: ['settings'], run: () => Promise.reject(new Error('there are no settings')) }));

/**
 * The storage account and its links. It has settings of its own, and may be looked at while others are wrong. Undefined when
 * nothing names an account, or what does cannot be understood: the settings' link tells that.
 */
function storageOf(
  environment: Environment,
  { clock, identity, addressesOf = resolved }: CheckWorld,
  credential: TokenCredential,
): { readonly storage: Storage | undefined; readonly links: readonly Link[] } {
  const values = storageValues(environment);
  if (storageProblems(values).length > 0) {
    return { storage: undefined, links: storageLinks(undefined, ['settings'], addressesOf) };
  }
  const own = identity === 'managed-identity' ? hostIdentity(values) : undefined;
  const account = storageAccount(values, own === undefined ? credential : azureCredential(own));
  const storage =
    account === undefined ? undefined : openStorage(account, { clock, time: 'service', timeoutMs: 15_000 });
  if (account?.kind !== 'identity') return { storage, links: storageLinks(storage, [], addressesOf) };
  const entering = storageIdentityLink({ credential: account.credential, values, needs: [] });
  return { storage, links: [entering, ...storageLinks(storage, [entering.name], addressesOf)] };
}

/** By the resolver of this machine, as the clients ask it. */
async function resolved(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    // A name that does not resolve is what is asked about.
    return [];
  }
}

function lookAt(
  settings: Settings,
  source: SourceSettings,
  credential: TokenCredential,
  { clock }: CheckWorld,
  storage: Storage | undefined,
): SourceLook & { close(): void } {
  const made = madeAtFirstUse(() => composeSource(settings, source, credential, { clock, random: () => 0 }));
  const isOnly = settings.sources.length === 1;
  return {
    settings: source,
    workspaceId: settings.workspaceId,
    name: (link) => (isOnly ? link : `${source.name}: ${link}`),
    parts: () => made.get(),
    token: (audience) => entraToken(credential, audience),
    ledger:
      storage === undefined
        ? undefined
        : tableStore(storage.table('ledger'), ledgerScope(settings.destination, source), storage.time),
    failed: storage === undefined ? undefined : failedEntriesIn(storage, storage.time),
    found: { newest: new Map(), prefixes: new Map(), trails: [] },
    close: () => made.close(),
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import type { KnownObject, KnownTrail } from '../judge/knownTrail.ts';
import type { InstancePool } from '../processes/pool.ts';
import type { Testbed } from '../processes/testbed.ts';
import { putBeside } from './beside.ts';
import type { FaultName } from './faultKinds.ts';
import { Outages } from './outages.ts';
import type { Injection, RunPlan } from './plan.ts';

export type FaultCounts = Readonly<Partial<Record<FaultName, number>>>;

export interface AdversaryParts {
  readonly testbed: Testbed;
  readonly pool: InstancePool;
  readonly plan: RunPlan;
  readonly trail: KnownTrail;
  /** Milliseconds of the story after which a paused process has lost what it held. */
  readonly heldMs: number;
}

/** How often each kind was met, and what is not as the trail alone would have it. */
export interface Troubles {
  readonly counts: FaultCounts;
  /** Log files beside the trail. */
  readonly besideKeys: readonly string[];
  /** Events whose rows were refused, by the object that holds them. */
  readonly refused: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Does what the plan says, heals everything, and tells how often each kind was met: by how many requests or messages; and
 * a process that was killed, paused or told to end, or a door that was shut, once.
 */
export async function playAdversary(parts: AdversaryParts): Promise<Troubles> {
  const { aws } = parts.testbed.clouds;
  const counts: Partial<Record<FaultName, number>> = {};
  const count = (kind: FaultName, times: number): void => {
    if (times > 0) counts[kind] = (counts[kind] ?? 0) + times;
  };
  const started = performance.now();
  const outages = new Outages();
  const besideKeys: string[] = [];
  const refused = new Map<string, Set<string>>();
  const metBefore = aws.faults.counts();
  await Promise.all(
    parts.plan.injections.map(async (injection) => {
      await wait(Math.max(0, injection.atMs - (performance.now() - started)));
      count(injection.kind, await inflict(injection, parts, { outages, besideKeys, refused }));
    }),
  );
  for (const [action, kind] of awsKinds(parts.plan)) {
    count(kind, (aws.faults.counts()[action] ?? 0) - (metBefore[action] ?? 0));
  }
  return { counts, besideKeys, refused };
}

interface Made {
  readonly outages: Outages;
  readonly besideKeys: string[];
  readonly refused: Map<string, Set<string>>;
}

function objectAt({ objects }: KnownTrail, share: number): KnownObject {
  const object = objects[Math.floor(share * objects.length)];
  if (object === undefined) throw new RangeError('a trail without objects');
  return object;
}

/** The embedded AWS counts by action, over all rules: each action belongs to one kind, so each is counted once. */
function awsKinds({ injections }: RunPlan): ReadonlyMap<string, FaultName> {
  return new Map(
    injections.flatMap(({ kind, misfortune }) =>
      misfortune.type === 'aws' ? [[misfortune.rule.action.kind, kind] as const] : [],
    ),
  );
}

/** Resolves when it is over; answers how often it was met, but for what the embedded AWS counts. */
async function inflict(injection: Injection, parts: AdversaryParts, made: Made): Promise<number> {
  const { misfortune, forMs } = injection;
  const { testbed, pool, heldMs, trail } = parts;
  const { outages, besideKeys, refused } = made;
  const { aws, identity, ingestion } = testbed.clouds;
  switch (misfortune.type) {
    case 'aws': {
      const id = aws.faults.add(misfortune.rule);
      await wait(forMs);
      aws.faults.remove(id);
      return 0;
    }
    case 'ingestion':
    case 'identity':
    case 'storage': {
      const faults = { ingestion: ingestion.faults, identity: identity.faults, storage: testbed.storageFaults };
      const fault = faults[misfortune.type].add(misfortune.fault);
      await wait(forMs);
      fault.remove();
      return fault.met;
    }
    case 'shut': {
      const isStorage = misfortune.door === 'storage';
      const gates = pool.instances.map((instance) => (isStorage ? instance.storageGate : instance.ingestionGate));
      // Who has a connection loses it at the next request, before it is acted upon.
      const broken = isStorage ? undefined : ingestion.faults.add({ kind: 'reset' });
      await outages.begin(gates);
      await wait(forMs);
      await outages.end(gates);
      broken?.remove();
      return 1;
    }
    case 'unreadable': {
      const { key } = objectAt(trail, misfortune.object);
      const rule = { service: 's3', operation: 'GetObject', match: key.slice(-24), action: misfortune.action } as const;
      const id = aws.faults.add(rule);
      await wait(forMs);
      aws.faults.remove(id);
      return 1;
    }
    case 'refused-row': {
      const { key, rows } = objectAt(trail, misfortune.object);
      const eventId = rows[Math.floor(misfortune.record * rows.length)]?.eventId;
      if (eventId === undefined) return 0;
      ingestion.refusedTexts.add(eventId);
      refused.set(key, (refused.get(key) ?? new Set()).add(eventId));
      await wait(forMs);
      ingestion.refusedTexts.delete(eventId);
      return 1;
    }
    case 'beside': {
      const beside = await putBeside(aws, misfortune.what, misfortune.count, objectAt(trail, misfortune.object));
      besideKeys.push(...beside.keys);
      return 1;
    }
    case 'expire-visibility':
      return aws.expireVisibility();
    case 'kill':
      await pool.kill(misfortune.instance);
      return 1;
    case 'terminate':
      await pool.terminate(misfortune.instance);
      return 1;
    case 'pause': {
      const wasPaused = await pool.pause(misfortune.instance, async () => {
        await testbed.clock.sleep(heldMs);
        await wait(forMs / 2);
      });
      return wasPaused ? 1 : 0;
    }
  }
}

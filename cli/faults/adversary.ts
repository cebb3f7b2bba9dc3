import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../local/azure/faults.ts';
import type { Crew } from './crew.ts';
import type { FaultName } from './faultKinds.ts';
import type { Lane } from './laneClouds.ts';
import type { Injection, RunPlan } from './plan.ts';

export type FaultCounts = Readonly<Partial<Record<FaultName, number>>>;

export interface AdversaryParts {
  readonly lane: Lane;
  readonly crew: Crew;
  readonly plan: RunPlan;
  /** Real milliseconds after which a paused process has lost what it held. */
  readonly claimLostAfterMs: number;
}

/** Does what the plan says, heals everything, and tells how often each kind was met. */
export async function playAdversary(parts: AdversaryParts): Promise<FaultCounts> {
  const counts: Partial<Record<FaultName, number>> = {};
  const count = (kind: FaultName, times: number): void => {
    if (times > 0) counts[kind] = (counts[kind] ?? 0) + times;
  };
  const started = performance.now();
  const planned = new PlannedFaults(parts.lane);
  await Promise.all(
    parts.plan.injections.map(async (injection) => {
      await wait(Math.max(0, injection.atMs - (performance.now() - started)));
      count(injection.kind, await inflict(injection, parts, planned));
    }),
  );
  return counts;
}

/** Resolves when it is over; answers how often it was met. */
async function inflict(injection: Injection, parts: AdversaryParts, planned: PlannedFaults): Promise<number> {
  const { misfortune, forMs } = injection;
  const { lane, crew, claimLostAfterMs } = parts;
  const { aws } = lane.clouds;
  switch (misfortune.type) {
    case 'aws': {
      const { kind } = misfortune.rule.action;
      const before = aws.faults.counts()[kind] ?? 0;
      const id = aws.faults.add(misfortune.rule);
      await wait(forMs);
      aws.faults.remove(id);
      return (aws.faults.counts()[kind] ?? 0) - before;
    }
    case 'ingestion':
    case 'identity':
    case 'storage': {
      const met = planned.metBy(misfortune.type, misfortune.fault);
      const before = met();
      planned.add(misfortune.type, misfortune.fault);
      await wait(forMs);
      planned.remove(misfortune.type, misfortune.fault);
      return met() - before;
    }
    case 'shut': {
      const gates = crew.instances.map((instance) =>
        misfortune.door === 'storage' ? instance.storageGate : instance.ingestionGate,
      );
      // Who has a connection loses it at the next request, before it is acted upon.
      if (misfortune.door === 'ingestion') planned.add('ingestion', broken);
      await Promise.all(gates.map((gate) => gate.shut()));
      await wait(forMs);
      await Promise.all(gates.map((gate) => gate.open()));
      planned.remove('ingestion', broken);
      return 1;
    }
    case 'expire-visibility':
      return aws.expireVisibility();
    case 'kill':
      await crew.kill(misfortune.instance);
      return 1;
    case 'terminate':
      await crew.terminate(misfortune.instance);
      return 1;
    case 'pause': {
      const { process } = crew.at(misfortune.instance);
      process.signal('SIGSTOP');
      await wait(claimLostAfterMs + forMs / 2);
      process.signal('SIGCONT');
      return 1;
    }
  }
}

const broken: Fault = { kind: 'reset' };

type Server = 'ingestion' | 'identity' | 'storage';

/** The servers take a whole plan at a time; misfortunes come and go one by one. */
class PlannedFaults {
  readonly #lane: Lane;
  readonly #now: Record<Server, Fault[]> = { ingestion: [], identity: [], storage: [] };

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  add(server: Server, fault: Fault): void {
    this.#now[server].push(fault);
    this.#tell(server);
  }

  remove(server: Server, fault: Fault): void {
    this.#now[server] = this.#now[server].filter((other) => other !== fault);
    this.#tell(server);
  }

  metBy(server: Server, fault: Fault): () => number {
    const { met } = this.#faultsOf(server);
    const name = fault.kind === 'status' ? String(fault.status ?? 503) : fault.kind;
    return () => met[name] ?? 0;
  }

  #tell(server: Server): void {
    this.#faultsOf(server).plan(this.#now[server]);
  }

  #faultsOf(server: Server) {
    const { clouds, storageFaults } = this.#lane;
    return server === 'storage' ? storageFaults : clouds[server].faults;
  }
}

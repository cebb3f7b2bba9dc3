import { type BreakName, breakNames, breakScene } from '../scene/breaks.ts';
import type { Scene } from '../scene/scene.ts';
import type { Answer } from './answers.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { AwsStats } from './stats.ts';

/** What the endpoint for other processes can reach. */
export interface AdminDependencies {
  readonly scene: Scene;
  readonly faults: Faults;
  readonly stats: () => AwsStats;
}

/**
 * Lets other processes on this machine look and meddle:
 * `GET /_local/stats`, `GET|POST /_local/faults` (`{add, remove, clear}`), `POST /_local/break` (`{name}`), `POST /_local/repair`.
 */
export function makeAdmin(dependencies: AdminDependencies) {
  const repairs: Array<() => void> = [];
  return (method: string, path: string, body: Buffer | undefined): Answer => {
    const route = `${method} ${path}`;
    try {
      if (route === 'GET /_local/stats') return json(200, dependencies.stats());
      if (route === 'GET /_local/faults') return json(200, faultsOf(dependencies));
      if (route === 'POST /_local/faults') return changeFaults(body, dependencies);
      if (route === 'POST /_local/break') return breakOne(body, dependencies, repairs);
      if (route === 'POST /_local/repair') {
        for (const repair of repairs.splice(0).reverse()) repair();
        return json(200, {});
      }
      return json(404, { error: `There is no ${route}.` });
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

interface FaultChange {
  readonly add?: FaultRule | readonly FaultRule[];
  readonly remove?: readonly string[];
  readonly clear?: boolean;
}

function changeFaults(body: Buffer | undefined, dependencies: AdminDependencies): Answer {
  const change = JSON.parse(body?.toString() ?? '{}') as FaultChange;
  const { faults } = dependencies;
  if (change.clear === true) faults.clear();
  for (const id of change.remove ?? []) faults.remove(id);
  const ids = [change.add ?? []].flat().map((rule) => faults.add(rule as FaultRule));
  return json(200, { ids, ...faultsOf(dependencies) });
}

function breakOne(body: Buffer | undefined, { scene }: AdminDependencies, repairs: Array<() => void>): Answer {
  const { name } = JSON.parse(body?.toString() ?? '{}') as { name?: BreakName };
  if (name === undefined || !breakNames.includes(name)) throw new Error(`name must be one of ${breakNames.join(', ')}`);
  repairs.push(breakScene(scene, name));
  return json(200, {});
}

function faultsOf({ faults }: AdminDependencies) {
  return { rules: faults.rules(), counts: faults.counts() };
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

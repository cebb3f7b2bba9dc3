import { judged, type SourceHealth } from '../../pipeline/status/judge.ts';
import { type Colour, worstOf } from '../../pipeline/status/reason.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SourceState } from '../state.ts';
import { observe } from './observe.ts';

/** How the connector is. */
export interface Health {
  /** Of the worst source. */
  readonly colour: Colour;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly version: string;
  readonly sources: readonly SourceHealth[];
}

export interface HealthSource {
  readonly name: string;
  readonly state: SourceState;
}

/** Reads how every source is, from storage alone. Never rejects. */
export async function readHealth(
  sources: readonly HealthSource[],
  settings: Settings,
  { at, version }: { readonly at: number; readonly version: string },
): Promise<Health> {
  const all = await Promise.all(sources.map(async ({ name, state }) => judged(await observe(name, state, settings))));
  return { colour: worstOf(all), at, version, sources: all };
}

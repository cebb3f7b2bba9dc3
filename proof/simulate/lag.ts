import { bodyOpenSeconds, type Drainer, gzipAt, sizesOf } from './drainer.ts';
import { drainsOn } from './drainsOn.ts';
import { scaling } from './facts.ts';
import { cycleSecondsOf } from './limits.ts';
import type { Scenario } from './scenario.ts';

/** A part of the time that the connector adds between a message's arrival in the queue and its rows' acceptance. */
export interface LagPart {
  readonly name: string;
  readonly typicalSeconds: number;
  readonly worstSeconds: number;
}

/** While the deployment keeps up. A backlog adds its own time: see timeline.ts. */
export function lagOf(scenario: Scenario, drainer: Drainer, instances: number): LagPart[] {
  const { eventsPerSecond, ingestionLatencyMs, queueLatencyMs, recordsPerFile, sources, tickSeconds } = scenario;
  const files = eventsPerSecond / recordsPerFile;
  const isContinuous = drainsOn(files / sources);
  const gap = isContinuous
    ? cycleSecondsOf(scenario) - (scenario.sliceSeconds - scenario.stopReceivingSeconds)
    : tickSeconds;
  const share = isContinuous ? gap / cycleSecondsOf(scenario) : 1;
  const gathered = (files * gap) / (drainer.filesPerSecond * instances);
  const openSeconds = bodyOpenSeconds(scenario, files / instances, drainer.readSeconds);
  const uploadSeconds = ingestionLatencyMs / 1000 + gzipSeconds(scenario);
  const parts: LagPart[] = [
    {
      name: isContinuous ? 'between two slices' : 'until the next tick',
      typicalSeconds: (share * gap) / 2,
      worstSeconds: gap,
    },
    { name: 'what gathered meanwhile', typicalSeconds: (share * gathered) / 2, worstSeconds: gathered },
    { name: 'receive', typicalSeconds: queueLatencyMs / 1000, worstSeconds: queueLatencyMs / 1000 },
    { name: 'claim and read', typicalSeconds: drainer.readSeconds, worstSeconds: drainer.readSeconds },
    { name: 'until the body is closed', typicalSeconds: openSeconds / 2, worstSeconds: openSeconds },
    {
      name: 'compress and upload',
      typicalSeconds: uploadSeconds,
      worstSeconds: uploadSeconds,
    },
    {
      name: 'until a first instance runs',
      typicalSeconds: 0,
      worstSeconds: scenario.alwaysReady > 0 ? 0 : scaling.startSeconds,
    },
  ];
  if (instances > 1) parts.push(rampUp(scenario, instances));
  return parts;
}

/** Tickets are posted at a tick; the instances that take them come by fours. */
function rampUp({ alwaysReady, tickSeconds }: Scenario, instances: number): LagPart {
  const started = Math.max(0, instances - 1 - alwaysReady);
  const decisions = Math.ceil(started / scaling.instancesAtOnce);
  const worstSeconds = tickSeconds + decisions * scaling.decisionSeconds + (started > 0 ? scaling.startSeconds : 0);
  return { name: 'until all drainers run, after a pause', typicalSeconds: 0, worstSeconds };
}

function gzipSeconds(scenario: Scenario): number {
  const { rowBytes, rowsPerBody } = sizesOf(scenario);
  const gzipMs = gzipAt(scenario.gzipLevel).msPerMegabyte * ((rowBytes * rowsPerBody) / 1e6);
  return gzipMs / 1000 / Math.min(1, scenario.cores);
}

import { entriesPerRequest } from '../../../kit/batcher.ts';
import type { QueueMessage } from '../../../words/announcement.ts';
import type { Circuits } from '../../circuits/circuits.ts';
import type { DrainSettings } from '../../limits/drainSettings.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { DrainPorts } from '../../ports/ports.ts';
import type { HeldMessage, HeldMessages } from './heldMessages.ts';

export interface HeartbeatParts {
  readonly ports: Pick<DrainPorts, 'clock' | 'queue' | 'random' | 'report'>;
  readonly settings: Pick<DrainSettings, 'heartbeatMs' | 'source' | 'visibilitySeconds'>;
  readonly held: HeldMessages;
  readonly circuits: Circuits;
  /** Ends the beating: when nothing is held any more. */
  readonly until: AbortSignal;
}

/**
 * Extends the visibility timeout of every message held, waiting ones too, until its deletion has returned, and the claims
 * on its objects. Each has a beat of its own: a storage that hangs must not cost messages, nor the other way round.
 */
export async function beat(parts: HeartbeatParts): Promise<void> {
  await Promise.all([repeat(extendMessages, parts), repeat(extendClaims, parts)]);
}

async function repeat(extend: (parts: HeartbeatParts) => Promise<void>, parts: HeartbeatParts): Promise<void> {
  while (!parts.until.aborted) {
    await parts.ports.clock.sleep(parts.settings.heartbeatMs, parts.until);
    if (!parts.until.aborted) await extend(parts);
  }
}

async function extendMessages(parts: HeartbeatParts): Promise<void> {
  const { all } = parts.held;
  const newest = all.map((held) => ({ held, message: held.message }));
  // A delivery that lapses comes once more, and spends a receive of a message that has not failed.
  const earlier = all.flatMap((held) => held.earlier.map((message) => ({ held, message })));
  await Promise.all([...extendInTens(newest, parts), ...extendInTens(earlier, parts)]);
}

/** One time a message was received, with the receipt handle it got then. */
interface Delivery {
  readonly held: HeldMessage;
  readonly message: QueueMessage;
}

function extendInTens(deliveries: readonly Delivery[], parts: HeartbeatParts): Promise<void>[] {
  const requests: Promise<void>[] = [];
  for (let from = 0; from < deliveries.length; from += entriesPerRequest) {
    const ten = deliveries.slice(from, from + entriesPerRequest);
    const request = extend(ten, parts);
    for (const { held } of ten) held.extending(request);
    requests.push(request);
  }
  return requests;
}

/** A claim that another instance has taken over: its message is being worked on elsewhere. */
async function extendClaims(parts: HeartbeatParts): Promise<void> {
  const { claims } = parts.held;
  await Promise.all(
    [...claims].map(async ([lease, held]) => {
      if (!(await lease.extend()) && claims.has(lease)) refuse(held, 'ClaimTakenOver', parts);
    }),
  );
}

async function extend(ten: readonly Delivery[], parts: HeartbeatParts): Promise<void> {
  const { circuits, ports, settings, until } = parts;
  const byId = new Map(ten.map((delivery) => [delivery.message.id, delivery]));
  try {
    const outcomes = await retrying(
      'extend',
      () =>
        ports.queue.changeVisibility(
          ten.map(({ message }) => message),
          settings.visibilitySeconds,
        ),
      ports,
      until,
    );
    for (const { messageId, refused } of outcomes) {
      const delivery = byId.get(messageId);
      if (refused === undefined || delivery === undefined) continue;
      // The claim stands as long as the newest receipt handle holds.
      if (delivery.message === delivery.held.message) refuse(delivery.held, refused, parts);
    }
  } catch (error) {
    // Nothing is lost yet: the timeout still runs, and the next beat may come through.
    if (!until.aborted) circuits.open('source', error);
  }
}

/** A refusal that is the service's own trouble says nothing about the claim, and the next beat comes in time. */
const isTransient = /InternalError|InternalFailure|ServiceUnavailable|Throttl/i;

function refuse(held: HeldMessage, refused: string, parts: HeartbeatParts): void {
  if (isTransient.test(refused) || !parts.held.has(held) || held.lost.aborted) return;
  parts.ports.report({ type: 'claim-lost', source: parts.settings.source, messageId: held.message.id, refused });
  held.lose(refused);
}

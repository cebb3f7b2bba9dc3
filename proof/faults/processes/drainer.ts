/**
 * One instance of the app without a host around it: composes the connector from its environment as the functions do, and
 * drains slice after slice until told to stop. It is the process that a fault run kills and pauses.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../../local/aws/gateway/faults.ts';
import { storageValues } from '../../../shared/azure/storage/accountValues.ts';
import { compose } from '../../../shared/compose/connector.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import { type StoryClock, storyClock } from '../stories/storyClock.ts';
import type { FromDrainer, ToDrainer } from './drainerMessages.ts';

/** Real milliseconds between two slices. */
const betweenSlicesMs = 20;

const stopping = new AbortController();
let clock: StoryClock | undefined;

process.on('message', (message: ToDrainer) => {
  if (message.type === 'stop') stopping.abort(new Error('the host shuts down'));
  else if (message.type === 'pace') clock?.follow(message.pace);
  else void drain(message);
});
process.on('SIGTERM', () => stopping.abort(new Error('the host shuts down')));
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });

async function drain({ pace, seed, settings }: Extract<ToDrainer, { type: 'drain' }>): Promise<void> {
  clock = storyClock(pace);
  const environment = { ...process.env, ...settings };
  const reading = readSettings(environment);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  const line = (level: string) => (text: string) => tell({ type: 'line', level, line: text });
  const connector = compose(reading.settings, {
    clock,
    storageTime: 'own',
    random: seededRandom(seed),
    logger: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    identity: 'managed-identity',
    instance: randomUUID(),
    storage: storageValues(environment),
  });
  while (!stopping.signal.aborted) {
    tell({ type: 'slices', summaries: await connector.drainAll(stopping.signal) });
    await wait(betweenSlicesMs);
  }
  connector.close();
  process.disconnect();
}

function tell(message: FromDrainer): void {
  process.send?.(message);
}

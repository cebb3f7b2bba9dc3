import { ConnectorError } from '../../words/errors.ts';
import type { Failure } from '../../words/failure.ts';
import type { OpenCircuit } from '../ports/circuits.ts';
import type { Unit } from '../ports/unit.ts';

export function bucketIsOut(
  { scope, at }: Unit,
  { because: { message, remedy }, openedAt }: Pick<OpenCircuit, 'because' | 'openedAt'>,
): Failure {
  const error = new ConnectorError('circuit-open', `bucket ${scope} is not read at present: ${message}`, {
    at,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return { owner: 'nobody', error, again: { bucketOutSince: openedAt } };
}

export function isClaimed({ title, at }: Unit, until: number): Failure {
  const error = new ConnectorError('claim-held', `another instance is reading ${title}`, { at });
  return { owner: 'nobody', error, again: { at: until } };
}

/** It was alone each time, so nothing else can have ended them. */
export function endsProcesses({ title, at }: Unit): Failure {
  const error = new ConnectorError('process-ended', `whoever read ${title} ended before it could tell why`, {
    at,
    remedy: 'Look at the file and at the memory of the app, then replay the failed entry.',
  });
  return { owner: 'object', error, again: 'never' };
}

export function endedBefore({ title, at }: Unit): Failure {
  const message = `the slice ended before all rows of ${title} were answered`;
  return { owner: 'nobody', error: new ConnectorError('slice-ended', message, { at }) };
}

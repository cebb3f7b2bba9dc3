import { ConnectorError } from '../../words/errors.ts';
import type { Failure } from '../../words/failure.ts';
import type { OpenCircuit } from '../ports/ports.ts';
import type { Unit } from '../ports/unit.ts';

/** What keeps a unit from being ingested now and is nobody's fault. */

export function bucketIsOut({ scope, at }: Unit, { message, remedy }: OpenCircuit['because']): Failure {
  const error = new ConnectorError('circuit-open', `bucket ${scope} is not read at present: ${message}`, {
    at,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return { owner: 'nobody', error, again: 'after-the-bucket' };
}

export function isClaimed({ title, at }: Unit, until: number): Failure {
  const error = new ConnectorError('claim-held', `another instance is reading ${title}`, { at });
  return { owner: 'nobody', error, again: { at: until } };
}

export function endedBefore({ title, at }: Unit): Failure {
  const message = `the slice ended before all rows of ${title} were answered`;
  return { owner: 'nobody', error: new ConnectorError('slice-ended', message, { at }) };
}

import { jsonText } from './kit/shortText.ts';
import { errorTable } from './words/errors.ts';
import type { ConnectorEvent, FailureReport } from './words/events.ts';
import { version } from './words/version.ts';

/** Where lines go: an invocation's context in Azure, the console in a terminal. */
export interface Logger {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

export type Level = keyof Logger;

/** Remedies said before: one per process, so that a lasting misconfiguration is explained once and then only named. */
export type SaidRemedies = Set<string>;

/** Bounds the memory of remedies that name ever new objects; forgetting repeats an explanation, nothing more. */
const mostRemedies = 1_000;

/**
 * Turns events into lines of printable JSON: the only place that chooses levels and wording. error = loss, or a person is needed;
 * warn = surprising, nothing lost, tried again; info = a run and its counts; debug = one line per object and message.
 */
export function telemetry(logger: Logger, said: SaidRemedies = new Set()): (event: ConnectorEvent) => void {
  return (event) => {
    const [level, fields] = told(event, said);
    logger[level](jsonText({ event: event.type, ...fields }));
  };
}

type Told = readonly [level: Level, fields: Readonly<Record<string, unknown>>];

function told(event: ConnectorEvent, said: SaidRemedies): Told {
  switch (event.type) {
    case 'slice-started':
      return ['debug', { source: event.source }];
    case 'slice-finished': {
      const { failure, ...summary } = event.summary;
      const counts = { ...summary, version };
      // An identity that does not hold is a fault of the program, and the only sign of rows lost by it.
      const level = counts.identityHolds ? (counts.heldBack.length === 0 ? 'info' : 'warn') : 'error';
      return [level, failure === undefined ? counts : { ...counts, ...failureFields(counts.source, failure, said) }];
    }
    case 'object-accepted': {
      const { source, at, rows, stubs } = event;
      return [stubs > 0 ? 'warn' : 'debug', { source, ...at, rows, stubs }];
    }
    case 'object-skipped':
      return ['debug', { source: event.source, ...event.at, reason: event.reason }];
    case 'object-suppressed':
      return ['debug', { source: event.source, ...event.at }];
    case 'object-odd': {
      const { source, at, oddity, bytes } = event;
      return ['warn', { source, ...at, oddity, ...(bytes === undefined ? {} : { bytes }) }];
    }
    case 'object-not-as-announced': {
      const { source, at, announced, found } = event;
      return ['error', { source, ...at, announced, found }];
    }
    case 'object-rewritten':
      return ['warn', { source: event.source, ...event.at }];
    case 'object-reingested':
      // CloudTrail never rewrites a log file: other content under a known key is somebody's doing.
      return ['error', { source: event.source, ...event.at }];
    case 'object-failed': {
      const { source, failure } = event;
      const isRepeated = wasSaid(source, failure, said);
      const level = levelOf(failure);
      return [isRepeated && level === 'error' ? 'warn' : level, { source, ...failureFields(source, failure, said) }];
    }
    case 'message-returned': {
      const { source, messageId, visibleInSeconds, failure } = event;
      // A pipeline's failure is told by its circuit; the messages it sends back are many, and none of them is at fault.
      const level = failure.code !== 'bug' && failure.owner === 'pipeline' ? 'debug' : 'warn';
      const fields = { ...failureFields(source, failure, said), messageId, visibleInSeconds };
      return [isQuiet(failure) ? 'debug' : level, { source, ...fields }];
    }
    case 'message-quarantined': {
      const { source, messageId, entry, failure } = event;
      // Nothing is lost, and nobody will try it again but a person.
      return ['error', { source, ...failureFields(source, failure, said), messageId, entry }];
    }
    case 'message-acknowledged':
      return ['debug', { source: event.source, messageId: event.messageId, objects: event.objects }];
    case 'message-kept':
    case 'claim-lost':
      return ['warn', { source: event.source, messageId: event.messageId, refused: event.refused }];
    case 'message-empty':
      return ['debug', { source: event.source, messageId: event.messageId, reason: event.reason }];
    case 'upload-retried': {
      const { source, waitMs, failure } = event;
      const level = wasSaid(source, failure, said) ? 'debug' : failure.code === 'upload-throttled' ? 'info' : 'warn';
      return [level, { source, waitMs, ...failureFields(source, failure, said) }];
    }
    case 'circuit-opened': {
      const { source, circuit, failure } = event;
      return [levelOf(failure), { source, circuit, ...failureFields(source, failure, said) }];
    }
    case 'circuit-probed': {
      const { source, circuit, failure } = event;
      const level = wasSaid(source, failure, said) ? 'debug' : 'info';
      return [level, { source, circuit, ...failureFields(source, failure, said) }];
    }
    case 'circuit-closed':
      return ['info', { source: event.source, circuit: event.circuit, openMs: event.openMs }];
    case 'ledger-unavailable':
    case 'status-unkept':
    case 'health-unsent':
    case 'metrics-unsent':
      return ['warn', { source: event.source, ...failureFields(event.source, event.failure, said) }];
    case 'versions-denied':
      return ['warn', { source: event.source, buckets: event.buckets }];
    case 'storage-missing':
      return ['warn', {}];
    case 'clock-differs':
      return ['warn', { source: event.source, behindMs: event.behindMs }];
    case 'tickets-posted': {
      const { source, tickets, visible, inFlight } = event;
      return ['info', { source, tickets, visible, inFlight }];
    }
    case 'tickets-failed':
      return ['warn', { source: event.source, ...failureFields(event.source, event.failure, said) }];
    case 'ticket-void':
      return ['debug', { reason: event.reason }];
    case 'settings-refused':
      return ['error', { problems: event.problems }];
    case 'settings-doubted':
      return ['warn', { doubts: event.doubts }];
    case 'source-failed':
      return ['error', { source: event.source, ...failureFields(event.source, event.failure, said) }];
    default:
      return unknownEvent(event);
  }
}

/** Does not compile while an event has no line above. */
function unknownEvent(event: never): Told {
  return ['error', { unknown: event }];
}

function levelOf(failure: FailureReport): Level {
  if (isQuiet(failure)) {
    return 'debug';
  }
  const needsPerson = failure.code === 'bug' || failure.remedy !== undefined || !errorTable[failure.code].retry;
  return needsPerson ? 'error' : 'warn';
}

/** The ordinary ends of a slice: nothing failed, the work is done by the next one. */
function isQuiet({ owner }: FailureReport): boolean {
  return owner === 'nobody';
}

function failureFields(source: string, failure: FailureReport, said: SaidRemedies): Record<string, unknown> {
  const { code, owner, message, remedy, at } = failure;
  const fields = { code, owner, message, ...at };
  if (remedy === undefined) {
    return fields;
  }
  if (wasSaid(source, failure, said)) {
    return { ...fields, repeated: true };
  }
  if (said.size >= mostRemedies) {
    said.clear();
  }
  said.add(sayingOf(source, failure));
  return { ...fields, remedy };
}

function wasSaid(source: string, failure: FailureReport, said: SaidRemedies): boolean {
  return failure.remedy !== undefined && said.has(sayingOf(source, failure));
}

function sayingOf(source: string, { code, remedy }: FailureReport): string {
  return `${source} ${code} ${remedy}`;
}

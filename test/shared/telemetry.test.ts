import { describe, expect, it } from 'vitest';
import { type Level, telemetry } from '../../shared/telemetry.ts';
import type { ConnectorEvent, FailureReport, SliceSummary } from '../../shared/words/events.ts';

const at = { bucket: 'trail', key: 'AWSLogs/1.json.gz' };
const source = 'main';
const denied: FailureReport = {
  code: 'upload-denied',
  owner: 'pipeline',
  message: 'HTTP 403',
  remedy: 'Assign the role.',
  at: { rule: 'dcr-1' },
};
const broken: FailureReport = { code: 'gzip-invalid', owner: 'object', message: 'not gzip', at };
const busy: FailureReport = { code: 'upload-unavailable', owner: 'pipeline', message: 'HTTP 503' };
const ended: FailureReport = { code: 'slice-ended', owner: 'nobody', message: 'its time is over' };
const bug: FailureReport = { code: 'bug', owner: 'pipeline', message: 'TypeError: x' };

const summary: SliceSummary = {
  source,
  ended: 'queue-empty',
  identityHolds: true,
  messagesReceived: 1,
  messagesDeleted: 1,
  messagesQuarantined: 0,
  messagesReturned: 0,
  objectsAccepted: 1,
  objectsSkipped: 0,
  objectsSuppressed: 0,
  objectsFailed: 0,
  records: 2,
  rowsAccepted: 2,
  recordsDropped: 0,
  recordsSuppressed: 0,
  recordsLeft: 0,
  stubs: 0,
  truncatedRows: 0,
  repairedRows: 0,
  bytesRead: 10,
  bytesInflated: 20,
  bytesUploaded: 30,
  bytesSent: 15,
  uploads: 1,
  uploadAttempts: 1,
  receives: 2,
  rowsOfUnknownOutcome: 0,
  mostUploadsInFlight: 1,
  ledger: 'available',
  heldBack: [],
  durationMs: 40,
  timeMs: { sideBySide: 10, oneRead: 0, oneUpload: 0, receiving: 30, deleting: 0, nothing: 0 },
};

function recorder() {
  const lines: { level: Level; line: Record<string, unknown> }[] = [];
  const at = (level: Level) => (line: string) => {
    expect(line).not.toContain('\n');
    lines.push({ level, line: JSON.parse(line) as Record<string, unknown> });
  };
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

function say(...events: ConnectorEvent[]) {
  const { lines, logger } = recorder();
  const report = telemetry(logger);
  for (const event of events) {
    report(event);
  }
  return lines;
}

describe('a line of the log', () => {
  it('is printable JSON, whatever a key or a message holds', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const key = 'AWSLogs/\u001b[2J\u009b\u202e\u2028\ud800\n';
    telemetry({ debug: write, info: write, warn: write, error: write })({
      type: 'object-failed',
      source,
      failure: { ...broken, message: key, at: { bucket: 'trail', key } },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ key, message: key });
  });
});

describe('telemetry', () => {
  const table: readonly [ConnectorEvent, Level, Record<string, unknown>][] = [
    [{ type: 'slice-started', source }, 'debug', { source }],
    [{ type: 'slice-finished', summary }, 'info', { source, rowsAccepted: 2, durationMs: 40, ended: 'queue-empty' }],
    [{ type: 'slice-finished', summary: { ...summary, identityHolds: false } }, 'error', { identityHolds: false }],
    [
      { type: 'slice-finished', summary: { ...summary, ended: 'circuit-open', failure: denied } },
      'info',
      { code: 'upload-denied', rule: 'dcr-1', remedy: 'Assign the role.' },
    ],
    [{ type: 'object-accepted', source, at, rows: 2, stubs: 0 }, 'debug', { ...at, rows: 2 }],
    [{ type: 'object-accepted', source, at, rows: 2, stubs: 1 }, 'warn', { ...at, stubs: 1 }],
    [{ type: 'object-skipped', source, at, reason: 'digest' }, 'debug', { ...at, reason: 'digest' }],
    [{ type: 'object-suppressed', source, at }, 'debug', at],
    [{ type: 'object-odd', source, at, oddity: 'trailing-bytes', bytes: 3 }, 'warn', { ...at, bytes: 3 }],
    [{ type: 'object-odd', source, at, oddity: 'second-member' }, 'warn', { ...at, oddity: 'second-member' }],
    [{ type: 'object-reingested', source, at }, 'error', at],
    [
      { type: 'object-failed', source, failure: broken },
      'error',
      { ...at, code: 'gzip-invalid', owner: 'object', message: 'not gzip' },
    ],
    [{ type: 'object-failed', source, failure: bug }, 'error', { code: 'bug' }],
    [
      { type: 'object-failed', source, failure: { code: 'object-cut', owner: 'object', message: 'cut', at } },
      'warn',
      at,
    ],
    [{ type: 'object-failed', source, failure: ended }, 'debug', { code: 'slice-ended' }],
    [
      { type: 'message-returned', source, messageId: 'm', visibleInSeconds: 30, failure: broken },
      'warn',
      { messageId: 'm', visibleInSeconds: 30, code: 'gzip-invalid', ...at },
    ],
    [{ type: 'message-returned', source, messageId: 'm', visibleInSeconds: 0, failure: denied }, 'debug', {}],
    [{ type: 'message-returned', source, messageId: 'm', visibleInSeconds: 0, failure: ended }, 'debug', {}],
    [{ type: 'message-returned', source, messageId: 'm', visibleInSeconds: 0, failure: bug }, 'warn', { code: 'bug' }],
    [{ type: 'message-acknowledged', source, messageId: 'm', objects: 1 }, 'debug', { messageId: 'm', objects: 1 }],
    [{ type: 'message-kept', source, messageId: 'm', refused: 'InternalError' }, 'warn', { refused: 'InternalError' }],
    [{ type: 'message-empty', source, messageId: 'm', reason: 'test event' }, 'debug', { reason: 'test event' }],
    [{ type: 'claim-lost', source, messageId: 'm', refused: 'Expired' }, 'warn', { messageId: 'm' }],
    [{ type: 'upload-retried', source, waitMs: 500, failure: busy }, 'warn', { waitMs: 500, code: busy.code }],
    [
      {
        type: 'upload-retried',
        source,
        waitMs: 500,
        failure: { code: 'upload-throttled', owner: 'pipeline', message: 'HTTP 429' },
      },
      'info',
      { waitMs: 500 },
    ],
    [{ type: 'circuit-opened', source, circuit: 'rule/dcr-1', failure: denied }, 'error', { circuit: 'rule/dcr-1' }],
    [{ type: 'circuit-opened', source, circuit: 'rule/dcr-1', failure: busy }, 'warn', { code: 'upload-unavailable' }],
    [{ type: 'circuit-probed', source, circuit: 'rule/dcr-1', failure: denied }, 'info', { remedy: denied.remedy }],
    [{ type: 'circuit-closed', source, circuit: 'source', openMs: 5 }, 'info', { circuit: 'source', openMs: 5 }],
    [
      {
        type: 'ledger-unavailable',
        source,
        failure: { code: 'storage-unavailable', owner: 'pipeline', message: 'HTTP 503' },
      },
      'warn',
      { code: 'storage-unavailable' },
    ],
    [
      { type: 'message-quarantined', source, messageId: 'm-1', entry: 'production/e', failure: denied },
      'error',
      { messageId: 'm-1', entry: 'production/e', remedy: denied.remedy },
    ],
    [
      { type: 'object-not-as-announced', source, at: { bucket: 'b', key: 'k' }, announced: 'a', found: 'f' },
      'error',
      { bucket: 'b', key: 'k', announced: 'a', found: 'f' },
    ],
    [{ type: 'object-rewritten', source, at: { bucket: 'b', key: 'k' } }, 'warn', { bucket: 'b', key: 'k' }],
    [{ type: 'clock-differs', source, behindMs: -14_400_000 }, 'warn', { source, behindMs: -14_400_000 }],
    [{ type: 'settings-refused', problems: ['A must be set'] }, 'error', { problems: ['A must be set'] }],
    [
      { type: 'source-failed', source, failure: bug },
      'error',
      { source, code: 'bug', owner: 'pipeline', message: 'TypeError: x' },
    ],
  ];
  it.each(table)('tells %j as %s', (event, level, fields) => {
    const [said] = say(event);

    expect(said).toMatchObject({ level, line: { event: event.type, ...fields } });
  });

  it('explains a lasting misconfiguration once, then names it', () => {
    const lines = say(
      { type: 'circuit-opened', source, circuit: 'rule/dcr-1', failure: denied },
      { type: 'circuit-probed', source, circuit: 'rule/dcr-1', failure: denied },
      { type: 'upload-retried', source, waitMs: 1, failure: denied },
      { type: 'circuit-opened', source, circuit: 'rule/dcr-1', failure: denied },
    );

    expect(lines.map(({ level, line }) => [level, line['remedy'] ?? line['repeated']])).toEqual([
      ['error', 'Assign the role.'],
      ['debug', true],
      ['debug', true],
      ['error', true],
    ]);
  });

  it('lowers the level of further objects that fail for the same reason', () => {
    const failure: FailureReport = {
      code: 'object-denied',
      owner: 'object',
      message: 'denied',
      remedy: 'Allow s3:GetObject.',
      at,
    };
    const event: ConnectorEvent = { type: 'object-failed', source, failure };

    expect(say(event, event).map(({ level }) => level)).toEqual(['error', 'warn']);
  });

  it('explains to each source', () => {
    const lines = say(
      { type: 'source-failed', source: 'one', failure: denied },
      { type: 'source-failed', source: 'two', failure: denied },
    );

    expect(lines.map(({ line }) => line['remedy'])).toEqual([denied.remedy, denied.remedy]);
  });

  it('remembers across loggers that share what was said', () => {
    const said = new Set<string>();
    const [first, second] = [recorder(), recorder()];

    telemetry(first.logger, said)({ type: 'source-failed', source, failure: denied });
    telemetry(second.logger, said)({ type: 'source-failed', source, failure: denied });

    expect(second.lines[0]?.line).toMatchObject({ repeated: true });
    expect(second.lines[0]?.line).not.toHaveProperty('remedy');
  });

  it('bounds what it remembers', () => {
    const said = new Set(Array.from({ length: 1_000 }, (_, index) => `old ${index}`));

    telemetry(recorder().logger, said)({ type: 'source-failed', source, failure: denied });

    expect(said.size).toBe(1);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Attempts,
  longestPauseMs,
  mostRequests,
  type Operation,
  retrying,
} from '../../../../shared/pipeline/limits/retryPolicy.ts';
import { ConnectorError, type ErrorCode, errorTable } from '../../../../shared/words/errors.ts';
import { FakeClock, failure } from '../fakes.ts';

const bounds = { uploadAttempts: 5 };
const operations = ['receive', 'extend', 'return', 'delete', 'read', 'upload'] as const satisfies Operation[];
const codes = Object.keys(errorTable) as ErrorCode[];

/** How many requests are made when they fail like this, over and over. */
function requestsMade(operation: Operation, next: () => ErrorCode): number {
  const attempts = new Attempts(operation, () => 0.5, bounds);
  for (let requests = 1; ; requests++) if (attempts.waitAfter(failure(next())) === undefined) return requests;
}

describe('Attempts', () => {
  const credentials = { 'credentials-expired': 2, 'identity-unavailable': 4, 'sts-unavailable': 4 };
  const table: readonly (readonly [Operation, Partial<Record<ErrorCode, number>>])[] = [
    ['receive', { 'queue-unavailable': 4, 'listing-throttled': 4, 'listing-unavailable': 4, ...credentials }],
    ['extend', { 'queue-unavailable': 4, ...credentials }],
    ['return', { 'queue-unavailable': 4, ...credentials }],
    ['delete', { 'queue-unavailable': 10, ...credentials }],
    ['read', { 'object-cut': 3, 'object-store-throttled': 6, 'object-store-unavailable': 4, ...credentials }],
    ['upload', { 'upload-throttled': 12, 'upload-unavailable': 5, 'upload-unauthorized': 2, 'token-unavailable': 3 }],
  ];

  it.each(table)('makes the requests of %s that the table says, and one at any other failure', (operation, listed) => {
    for (const code of codes) expect([code, requestsMade(operation, () => code)]).toEqual([code, listed[code] ?? 1]);
  });

  it.each(operations)(
    'never makes more requests of %s than stated, whatever answers follow one another',
    (operation) => {
      fc.assert(
        fc.property(fc.infiniteStream(fc.constantFrom(...codes)), (answers) => {
          expect(requestsMade(operation, () => answers.next().value)).toBeLessThanOrEqual(
            mostRequests(operation, bounds),
          );
        }),
      );
    },
  );

  it('renews once, whatever else has failed before, and in vain no second time', () => {
    const attempts = new Attempts('upload', () => 0.5, bounds);
    const waits = (
      ['upload-unavailable', 'upload-unauthorized', 'upload-unavailable', 'upload-unauthorized'] as const
    ).map((code) => attempts.waitAfter(failure(code)));
    expect(waits).toEqual([750, 0, 1_500, undefined]);
  });

  it('waits twice as long each time, up to the longest, by half at random', () => {
    for (const [random, waits] of [
      [0, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000]],
      [1, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000]],
    ] as const) {
      const attempts = new Attempts('delete', () => random);
      expect(waits.map(() => attempts.waitAfter(failure('queue-unavailable')))).toEqual(waits);
    }
  });

  it('waits a little longer than a service asks, unless that is for its circuit', () => {
    const waitAfter = (ms: number) =>
      new Attempts('upload', () => 1, bounds).waitAfter(failure('upload-throttled', ms));
    expect(waitAfter(10_000)).toBe(10_250);
    expect(waitAfter(longestPauseMs)).toBe(longestPauseMs + 250);
    expect(waitAfter(longestPauseMs + 1)).toBeUndefined();
  });

  it('repeats nothing after a bug', () => {
    for (const operation of operations) {
      expect(new Attempts(operation, () => 0.5, bounds).waitAfter(new TypeError('a bug'))).toBeUndefined();
    }
  });
});

describe('mostRequests', () => {
  it('is what the ports and the documentation say', () => {
    const most = Object.fromEntries(operations.map((operation) => [operation, mostRequests(operation, bounds)]));
    expect(most).toEqual({ receive: 5, extend: 5, return: 5, delete: 11, read: 7, upload: 13 });
    const said = (file: string) => readFileSync(file, 'utf8').replaceAll(/\s*\n \* /g, ' ');
    expect(said('shared/pipeline/ports/queue.ts')).toContain(
      'at most 5 requests to receive, 5 to extend, 5 to return and 11 to delete',
    );
    expect(said('shared/pipeline/ports/objects.ts')).toContain('at most 7 times for one reading');
    expect(said('shared/pipeline/ports/destination.ts')).toContain('at most 13 for one body and rule');
    const documented = said('docs/reliability.md');
    for (const [operation, requests] of Object.entries(most))
      expect(documented).toContain(`| ${operation} | ${requests} |`);
  });

  it('follows the setting', () => {
    expect(mostRequests('upload', { uploadAttempts: 20 })).toBe(21);
  });
});

describe('retrying', () => {
  it('answers with the first success', async () => {
    const clock = new FakeClock();
    const startedAt = clock.now();
    let requests = 0;
    const request = async () => {
      requests += 1;
      if (requests < 3) throw failure('queue-unavailable');
      return requests;
    };
    const never = new AbortController().signal;
    expect(await clock.run(retrying('receive', request, { clock, random: () => 1 }, never))).toBe(3);
    expect(clock.now() - startedAt).toBe(1_500);
  });

  it('throws what the last request threw', async () => {
    const clock = new FakeClock();
    let requests = 0;
    const request = async () => {
      requests += 1;
      throw new ConnectorError('queue-unavailable', `request ${requests}`);
    };
    const never = new AbortController().signal;
    await expect(clock.run(retrying('receive', request, { clock, random: () => 1 }, never))).rejects.toThrow(
      'request 4',
    );
  });

  it('makes no request after the signal, and throws what the last one threw', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    let requests = 0;
    const request = async () => {
      requests += 1;
      throw failure('queue-unavailable');
    };
    const work = retrying('receive', request, { clock, random: () => 1 }, stop.signal);
    await clock.quiet();
    stop.abort();
    await expect(clock.run(work)).rejects.toMatchObject({ code: 'queue-unavailable' });
    expect(requests).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';
import { noUploads, request } from '../../../../shared/pipeline/upload/request.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { type Answer, FakeClock, FakeDestination, failure } from '../fakes.ts';
import { batchOf } from './batches.ts';

async function asked(answer: () => Answer) {
  const clock = new FakeClock();
  const destination = Object.assign(new FakeDestination('dcr-1', clock, []), { answer });
  const tally = noUploads();
  const parts = { tally, timer: new SliceTimer(clock), abandon: new AbortController().signal };
  const pending = request(batchOf(['1', '2']).body, destination, parts);
  const during = { ...tally };
  return { during, given: await clock.run(pending), tally };
}

describe('request', () => {
  it('counts a body while it is under way, and what it brought once it is accepted', async () => {
    const { during, given, tally } = await asked(() => undefined);
    expect(during).toMatchObject({ uploadAttempts: 1, uploadsInFlight: 1, rowsInFlight: 2, rowsAccepted: 0 });
    expect(given).toEqual({ kind: 'accepted' });
    expect(tally).toMatchObject({
      ...{ uploads: 1, rowsAccepted: 2, bytesUploaded: 5, rowsInFlight: 0, uploadsInFlight: 0 },
      ...{ mostUploadsInFlight: 1, rowsOfUnknownOutcome: 0 },
    });
  });

  it.each([
    ['too-large', failure('upload-too-large')],
    ['refused', failure('upload-refused')],
    ['failed', failure('upload-denied')],
  ])('answers %s, and counts nothing as taken', async (kind, error) => {
    const { given, tally } = await asked(() => error);
    expect(given).toMatchObject({ kind, error });
    expect(tally).toMatchObject({ uploads: 0, rowsAccepted: 0, rowsOfUnknownOutcome: 0, rowsInFlight: 0 });
  });

  it.each([
    ['no answer', new ConnectorError('upload-unavailable', 'no answer', { outcomeUnknown: true })],
    ['a bug', new TypeError('a bug')],
  ])('counts rows as of unknown outcome after %s', async (_what, error) => {
    const { given, tally } = await asked(() => error);
    expect(given).toMatchObject({ kind: 'failed', error, isOutcomeUnknown: true });
    expect(tally).toMatchObject({ uploads: 0, rowsAccepted: 0, rowsOfUnknownOutcome: 2 });
  });
});

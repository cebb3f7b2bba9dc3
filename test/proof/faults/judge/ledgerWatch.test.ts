import { describe, expect, it } from 'vitest';
import { ledgerFacts } from '../../../../proof/faults/judge/ledgerWatch.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';

const claimedAt = (recordedAt: number, until: number) =>
  JSON.stringify({
    ...{ PartitionKey: 'p', RowKey: 'r', objectKey: 'a', state: 'claimed', owner: 'x.1' },
    ...{ until: new Date(until), recordedAt: new Date(recordedAt) },
  });
const claimed = claimedAt(1_000, 30_000);
const accepted =
  '{"PartitionKey":"p","RowKey":"r","objectKey":"b","state":"accepted","owner":"x.2","rows":3,"progressRows":""}';
const progress = '{"PartitionKey":"p","RowKey":"r","objectKey":"c","progressRows":"0-7"}';
const call = { method: 'POST', path: '/account/ledger', sent: claimed, status: 204, answer: '' };

describe('ledgerFacts', () => {
  it('reads a claim, an outcome and progress', () => {
    expect(ledgerFacts(call)).toEqual([{ kind: 'claimed', key: 'a', token: 'x.1', writtenAt: 1_000, until: 30_000 }]);
    expect(ledgerFacts({ ...call, sent: accepted })).toEqual([{ kind: 'accepted', key: 'b' }]);
    expect(ledgerFacts({ ...call, method: 'PATCH', sent: progress })).toEqual([
      { kind: 'progress', key: 'c', rows: RowRanges.first(7) },
    ]);
  });

  it('reads every part of a transaction, and nothing of one that was refused', () => {
    const sent = [
      '--changeset',
      'PATCH http://host/ledger HTTP/1.1',
      '',
      claimed,
      '--changeset',
      '',
      accepted,
      '',
    ].join('\r\n');
    const answer = 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content';
    expect(ledgerFacts({ ...call, sent, status: 202, answer })).toHaveLength(2);
    expect(ledgerFacts({ ...call, sent, status: 202, answer: 'HTTP/1.1 409 Conflict\r\n' })).toEqual([]);
  });

  it('tells a claim that is given up from one that is kept', () => {
    const failed = '{"PartitionKey":"p","RowKey":"r","objectKey":"d","state":"failed","reason":"object-not-found"}';
    expect(ledgerFacts(call)).toMatchObject([{ kind: 'claimed', key: 'a' }]);
    expect(ledgerFacts({ ...call, sent: claimedAt(1_000, 1_000) })).toEqual([{ kind: 'given-up', key: 'a' }]);
    expect(ledgerFacts({ ...call, sent: failed })).toEqual([{ kind: 'given-up', key: 'd' }]);
  });

  it('reads a change that another stood against, but not an insert that found an entry', () => {
    const merge = { ...call, method: 'PATCH', status: 412 };
    expect(ledgerFacts(merge)).toEqual([{ kind: 'refused', key: 'a', token: 'x.1' }]);
    expect(ledgerFacts({ ...merge, sent: progress, status: 404 })).toEqual([{ kind: 'refused', key: 'c' }]);
    expect(ledgerFacts({ ...call, status: 409 })).toEqual([]);
    expect(ledgerFacts({ ...call, status: 404 })).toEqual([]);
    expect(ledgerFacts({ ...merge, status: 503 })).toEqual([]);
  });

  it('reads of a refused transaction only the part that was refused', () => {
    const parts = (insert: string, merge: string) =>
      [
        ...['--changeset', 'POST http://host/ledger HTTP/1.1', '', insert],
        ...['--changeset', 'PATCH http://host/ledger(RowKey) HTTP/1.1', '', merge],
      ].join('\r\n');
    const answer = (part: number, status: number) =>
      `HTTP/1.1 ${status} Conflict\r\n\r\n{"odata.error":{"message":{"value":"${part}:The update condition"}}}\r\n`;
    const transaction = { ...call, path: '/account/$batch', status: 202, sent: parts(claimed, accepted) };
    expect(ledgerFacts({ ...transaction, answer: answer(1, 412) })).toEqual([
      { kind: 'refused', key: 'b', token: 'x.2' },
    ]);
    expect(ledgerFacts({ ...transaction, answer: answer(0, 404) })).toEqual([]);
    expect(ledgerFacts({ ...transaction, answer: answer(0, 409) })).toEqual([]);
  });

  it('learns nothing from readings, refusals and other tables', () => {
    expect(ledgerFacts({ ...call, method: 'GET' })).toEqual([]);
    expect(ledgerFacts({ ...call, status: 500 })).toEqual([]);
    expect(ledgerFacts({ ...call, sent: '{"PartitionKey":"default","name":"source"}' })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { ledgerFacts } from '../../../cli/faults/ledgerWatch.ts';
import { RowRanges } from '../../../shared/pipeline/rowRanges.ts';

const claimed = '{"PartitionKey":"p","RowKey":"r","objectKey":"a","state":"claimed","owner":"x.1"}';
const accepted =
  '{"PartitionKey":"p","RowKey":"r","objectKey":"b","state":"accepted","owner":"x.2","rows":3,"progressRows":""}';
const progress = '{"PartitionKey":"p","RowKey":"r","objectKey":"c","progressRows":"0-7"}';
const call = { method: 'POST', path: '/account/ledger', sent: claimed, status: 204, answer: '' };

describe('ledgerFacts', () => {
  it('reads a claim, an outcome and progress', () => {
    expect(ledgerFacts(call)).toEqual([{ kind: 'claimed', key: 'a', token: 'x.1' }]);
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

  it('learns nothing from readings, refusals and other tables', () => {
    expect(ledgerFacts({ ...call, method: 'GET' })).toEqual([]);
    expect(ledgerFacts({ ...call, status: 412 })).toEqual([]);
    expect(ledgerFacts({ ...call, sent: '{"PartitionKey":"default","name":"source"}' })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import { plainRow } from '../../../proof/bench/designs/plainRow.ts';
import { columns } from '../../../shared/cloudtrail/columns.ts';

const notMapped = new Set(['UnmappedFields', 'TruncatedColumns']);

describe('plainRow', () => {
  it('maps to the columns of the table, all that a record can fill', () => {
    const expected = columns.filter(({ name, kind }) => kind !== 'reserved' && !notMapped.has(name));
    expect(Object.keys(plainRow({}, 'x')).sort()).toEqual(expected.map(({ name }) => name).sort());
  });

  it('fills every one of them somewhere in a trail', () => {
    const filled = new Set<string>();
    for (const file of generateTrail({ seed: 1, files: 300, now: Date.UTC(2026, 10, 1) })) {
      for (const record of JSON.parse(Buffer.from(file.json()).toString()).Records) {
        for (const [name, value] of Object.entries(plainRow(record, 'x'))) if (value !== undefined) filled.add(name);
      }
    }
    expect(Object.keys(plainRow({}, 'x')).filter((name) => !filled.has(name))).toEqual([]);
  });

  it('reads the first security group rule', () => {
    const items = [{ ipProtocol: 'tcp', fromPort: 22, toPort: 23, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }];
    expect(plainRow({ requestParameters: { ipPermissions: { items } } }, 'x')).toMatchObject({
      IpProtocol: 'tcp',
      SourcePort: '22',
      DestinationPort: '23',
      CidrIp: '0.0.0.0/0',
    });
  });
});

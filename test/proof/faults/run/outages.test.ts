import { describe, expect, it } from 'vitest';
import { Outages } from '../../../../proof/faults/run/outages.ts';

describe('Outages', () => {
  it('opens a gate when the last of its outages has ended', async () => {
    const said: string[] = [];
    const gate = (name: string) => ({
      shut: () => void said.push(`${name} shut`),
      open: async () => void said.push(`${name} open`),
    });
    const [one, other] = [gate('one'), gate('other')];
    const outages = new Outages();
    await outages.begin([one]);
    await outages.begin([one, other]);
    await outages.end([one]);
    expect(said).toEqual(['one shut', 'one shut', 'other shut']);
    await outages.end([one, other]);
    expect(said.slice(3)).toEqual(['one open', 'other open']);
  });
});

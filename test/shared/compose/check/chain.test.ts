import { describe, expect, it } from 'vitest';
import { walk } from '../../../../shared/compose/check/chain.ts';
import { failure, type Link, ok, warning } from '../../../../shared/compose/check/link.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';

const clock = { now: () => Date.parse('2026-11-01T00:00:00Z') };
const link = (name: string, needs: readonly string[], run: Link['run'] = async () => ok(`${name} is there`)): Link => ({
  ...{ name, needs, run },
});

describe('walk', () => {
  it('is connected when every link is ok', async () => {
    const report = await walk([link('a', []), link('b', ['a'])], { clock });
    expect(report).toMatchObject({ at: '2026-11-01T00:00:00.000Z', connected: true, warnings: 0 });
    expect(report.firstBroken).toBeUndefined();
  });

  it('names the first broken link and skips what needs it, directly or not', async () => {
    const broken = async () => failure('gone', 'it is gone', 'Bring it back.');
    const chain = [link('a', []), link('b', ['a'], broken), link('c', ['b']), link('d', ['c']), link('e', ['a'])];
    const { connected, firstBroken, links } = await walk(chain, { clock });
    expect({ connected, firstBroken }).toEqual({ connected: false, firstBroken: 'b' });
    expect(links.map(({ status }) => status)).toEqual(['ok', 'failure', 'skipped', 'skipped', 'ok']);
  });

  it('tells each link as it is done, with the remedy of what was thrown', async () => {
    const told: string[] = [];
    const thrown = new ConnectorError('queue-denied', 'refused', { remedy: 'Allow it.' });
    const { links } = await walk([link('a', [], () => Promise.reject(thrown))], {
      clock,
      onResult: ({ name }) => told.push(name),
    });
    expect(told).toEqual(['a']);
    expect(links).toEqual([
      { name: 'a', status: 'failure', cause: 'queue-denied', detail: 'refused', remedy: 'Allow it.' },
    ]);
  });

  it('goes on after a warning, and counts it', async () => {
    const odd = async () => warning('odd', 'odd', 'Look.');
    const report = await walk([link('a', [], odd), link('b', ['a'])], { clock });
    expect(report).toMatchObject({ connected: true, warnings: 1, links: [{ status: 'warning' }, { status: 'ok' }] });
  });

  it('gives up a link that never answers', async () => {
    const { links } = await walk([link('a', [], () => new Promise(() => {}))], { clock, linkMs: 1 });
    expect(links).toMatchObject([{ status: 'failure', cause: 'no-answer' }]);
  });

  it('shows no secret that a service quotes', async () => {
    const secret =
      'AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0cw==';
    const { links } = await walk([link('a', [], async () => ok(secret))], { clock });
    expect(JSON.stringify(links)).not.toContain('c2VjcmV0');
  });
});

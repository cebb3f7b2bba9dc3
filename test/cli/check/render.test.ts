import { describe, expect, it } from 'vitest';
import { linkLines, verdict } from '../../../cli/check/render.ts';

const report = { at: '2026-11-01T00:00:00.000Z', connected: true, warnings: 0, links: [] };

describe('the lines of npm run check', () => {
  it('tells a link in one line', () => {
    expect(linkLines({ name: 'queue', status: 'ok', detail: '3 messages wait' })).toBe(
      '  ok              queue: 3 messages wait\n',
    );
  });

  it('gives the remedy a line of its own, and moves no cursor', () => {
    const lines = linkLines({ name: 'q', status: 'failure', detail: 'no\u001b[2J', cause: 'code', remedy: 'Mend it.' });
    expect(lines).toBe('  FAILURE         q: no\\u001b[2J [code]\n                  -> Mend it.\n');
  });

  it('ends with connected, or with the first broken link', () => {
    expect(verdict(report)).toBe('connected');
    expect(verdict({ ...report, warnings: 1 })).toBe('connected, with 1 warning');
    expect(verdict({ ...report, connected: false, firstBroken: 'queue' })).toBe(
      'broken: the first broken link is "queue"',
    );
  });
});

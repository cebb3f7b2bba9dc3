import { describe, expect, it } from 'vitest';
import { noFeed } from '../../../../cli/start/feed/feed.ts';
import { Outstanding } from '../../../../cli/start/run/outstanding.ts';
import { progressLine } from '../../../../cli/start/tell/progressLine.ts';
import { fitted, painted, wrapped } from '../../../../cli/start/tell/terminal.ts';

describe('what is printed', () => {
  it('is as it is where there is no terminal', () => {
    expect(painted('red', 'no', {})).toBe('no');
    expect(wrapped('a'.repeat(200), {})).toBe(`  ${'a'.repeat(200)}`);
  });

  it('keeps further lines under the first on a terminal', () => {
    expect(wrapped('one two three four five six seven', { isTTY: true, columns: 24 })).toBe(
      '  one two three four\n    five six seven',
    );
  });

  it('is one line however narrow the terminal is', () => {
    const line = progressLine('draining', 3, { ...noFeed(), messages: 1005 }, new Outstanding(), 12);
    expect(line).toBe('  1,005 of 1,005 announced messages so far done, 12 rows, 0 B put, 3 s');
    expect(fitted(line, { columns: 40 })).toHaveLength(39);
    expect(progressLine('starting the functions', 0, noFeed(), new Outstanding(), 0)).toBe(
      '  starting the functions, 0 s',
    );
  });
});

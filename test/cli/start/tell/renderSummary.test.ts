import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { noFeed } from '../../../../cli/start/feed/feed.ts';
import type { RunResult } from '../../../../cli/start/run/locally.ts';
import { Outstanding } from '../../../../cli/start/run/outstanding.ts';
import { renderSummary } from '../../../../cli/start/tell/renderSummary.ts';
import { RunTotals } from '../../../../cli/start/tell/runTotals.ts';
import { summarise } from '../../../../cli/start/tell/summary.ts';
import type { FailureReport } from '../../../../shared/words/events.ts';

const denied = (key: string): FailureReport => ({
  code: 'object-denied',
  owner: 'object',
  message: `s3://bucket/${key} may not be read by the role ${'arn:aws:iam::222222222222:role/reader '.repeat(5)}`,
  remedy: 'Allow s3:GetObject on AWSLogs/* of the bucket.',
});

function resultOf(failures: readonly FailureReport[], fields: Partial<RunResult> = {}): RunResult {
  const totals = new RunTotals();
  failures.forEach((failure, index) => {
    const unit = { title: failure.message, kind: 'failed', rows: 0, stubs: 0, failure } as const;
    totals.add({ kind: 'delivery', slice: 's', id: String(index), isDone: false, failure, units: [unit] });
  });
  const parts = {
    version: '1',
    totals,
    fed: { ...noFeed(), done: true, messages: 9 },
    outstanding: new Outstanding(),
    messagesDeleted: 0,
    messagesLeft: failures.length,
    tableRows: 0,
    times: { beganAt: 0, functionsUpAt: 1 },
    isInterrupted: false,
    ...fields,
  };
  return { ...parts, summary: summarise(parts), tableFile: 'rows', eventNames: [] };
}

describe('renderSummary', () => {
  const nine = Array.from({ length: 9 }, (_, index) => denied(`k${index}`));

  it('tells what many files share once, with a count, an example and what to do, and the verdict last', () => {
    const text = renderSummary(resultOf([...nine, { ...denied('x'), code: 'object-empty' }]), 'rows');

    expect(text.match(/may not be read/g)).toHaveLength(2);
    expect(text).toContain('9 objects: object-denied, for example s3://bucket/k0');
    expect(text.match(/What to do: /g)).toHaveLength(2);
    expect(text.trimEnd().split('\n').at(-1)).toBe('  NOT OK [object-denied]: 10 objects failed, see above');
  });

  it('tells a single failure in the verdict alone', () => {
    const text = renderSummary(resultOf([denied('k')]), 'rows');

    expect(text.match(/may not be read/g)).toHaveLength(1);
    expect(text).toContain('NOT OK [object-denied]: s3://bucket/k');
  });

  it('wraps to the width of a terminal', () => {
    const text = renderSummary(resultOf(nine), 'rows', { isTTY: true, columns: 60 });
    const told = stripVTControlCharacters(text).split('\n');
    const failed = told.slice(told.findIndex((line) => line.startsWith('    9 objects')));

    expect(Math.max(...failed.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('says of an aborted start that it was ended', () => {
    const text = renderSummary(resultOf([], { isInterrupted: true, times: { beganAt: 0 } }), 'rows');

    expect(text).toContain('NOT OK [interrupted]: the run was ended while it was starting');
  });

  it('leaves out counts that are nothing', () => {
    expect(renderSummary(resultOf([]), 'rows')).toContain('  0 records read = 0 rows accepted\n');
  });
});

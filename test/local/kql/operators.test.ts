import { describe, expect, it } from 'vitest';
import { KqlRefusal } from '../../../local/kql/refusal.ts';
import { ask, one } from './support.ts';

describe('operators', () => {
  it('filters, extends, projects, renames and takes away', () => {
    expect(
      ask(
        'T | where N < 2 | extend M = N + 1, strlen(Name) | project-rename X = M | project-away More, Who, R, Is, At',
      ),
    ).toEqual([
      { Name: 'DeleteTrail', N: 0, X: 1, strlen_Name: 11 },
      { Name: 'StopLogging', N: 1, X: 2, strlen_Name: 11 },
    ]);
  });

  it('takes what an extension replaces from before it', () => {
    expect(ask('T | where N == 3 | extend N = N + 1, M = N | project N, M')).toEqual([{ N: 4, M: 3 }]);
  });

  it('sorts downwards unless told otherwise, and knows where nulls go', () => {
    expect(ask('T | sort by N | project N').map(({ N }) => N)).toEqual([9, 7, 6, 5, 4, 3, 2, 1, 0, null]);
    expect(ask('T | sort by N asc | take 2 | project N').map(({ N }) => N)).toEqual([null, 0]);
    expect(ask('T | top 2 by R asc | project R').map(({ R }) => R)).toEqual([0, 0.5]);
  });

  it('summarizes, with names as the binder gives them', () => {
    expect(
      ask('T | summarize count(), dcount(Who), max(N), avg(R), countif(Is), make_set(Is) by Name | sort by Name asc'),
    ).toEqual([
      { Name: 'DeleteTrail', count_: 4, dcount_Who: 3, max_N: 9, avg_R: 2.25, countif_Is: 2, set_Is: [true, false] },
      { Name: 'StopLogging', count_: 6, dcount_Who: 2, max_N: 7, avg_R: 2.25, countif_Is: 3, set_Is: [false, true] },
    ]);
    expect(ask('Empty | summarize count(), max(N)')).toEqual([{ count_: 0, max_N: null }]);
    expect(ask('Empty | summarize count() by Name')).toEqual([]);
    expect(one('T | summarize 100.0 * countif(N > 5) / count()')).toBe(30);
    expect(one('T | summarize make_list(N, 3)')).toEqual([0, 1, 2]);
  });

  it('finds the row where something is largest, with all its columns or some', () => {
    expect(ask('T | summarize arg_max(At, N) by Name | project Name, N | sort by Name asc')).toEqual([
      { Name: 'DeleteTrail', N: 0 },
      { Name: 'StopLogging', N: 1 },
    ]);
    expect(ask('T | project At, Name, N, R | summarize arg_min(R, *) by Name | sort by Name asc')).toEqual([
      { Name: 'DeleteTrail', R: 0, At: '2026-11-30T10:00:00.000Z', N: 0 },
      { Name: 'StopLogging', R: 0.5, At: '2026-11-30T07:00:00.000Z', N: 1 },
    ]);
  });

  it('joins: of equal keys on the left one is kept unless the kind is inner', () => {
    const right = '(T | where N in (0, 1) | project Name, M = N)';
    expect(one(`T | join ${right} on Name | count`)).toBe(2);
    expect(one(`T | join kind=inner ${right} on Name | count`)).toBe(10);
    expect(one(`T | join kind=leftanti (T | where N > 3) on N | count`)).toBe(5);
    expect(one(`T | join kind=leftsemi (T | where N > 3) on N | count`)).toBe(5);
    expect(
      ask(
        `T | where N == 5 | join kind=leftouter (T | where N == 4 | project K = N, Who) on $left.N == $right.K | project N, K, Who1`,
      ),
    ).toEqual([{ N: 5, K: null, Who1: '' }]);
    expect(ask('T | where N == 4 | project N, Name | join kind=inner (T | project N, Name) on N')).toEqual([
      { N: 4, Name: 'StopLogging', N1: 4, Name1: 'StopLogging' },
    ]);
  });

  it('never joins nulls', () => {
    expect(one('T | where isnull(N) | join kind=inner (T | where isnull(N)) on N | count')).toBe(0);
  });

  it('puts tables together', () => {
    expect(ask('union (T | where N == 1 | project N), (T | where N == 2 | project N, Name)')).toEqual([
      { N: 1 },
      { N: 2, Name: 'StopLogging' },
    ]);
    expect(one('T | union Empty, T | count')).toBe(20);
  });

  it('makes a row of each element, and keeps a row without any', () => {
    expect(ask('T | where N in (1, 7) | mv-expand e = More.list | project N, n = toint(e.n)')).toEqual([
      { N: 1, n: 1 },
      { N: 1, n: 10 },
      { N: 7, n: null },
    ]);
  });

  it('calls functions of the query and of the workspace', () => {
    expect(one('Recent | count')).toBe(8);
    expect(one('Recent(5h) | count')).toBe(1);
    // Of two with defaults, the one that is named, and not the one in its place.
    expect(one('let f = (a: long = 1, b: long = 2) { print x = a * 10 + b }; f(b = 5)')).toBe(15);
    expect(one('let f = (a: long = 1, b: long = 2) { a * 10 + b }; print x = f(b = 5)')).toBe(15);
    expect(
      one('let shout = (s: string) { let end = "!"; strcat(toupper(s), end) }; T | where N == 1 | project shout(Name)'),
    ).toBe('STOPLOGGING!');
    expect(one('let named = (wanted: string) { T | where Name == wanted }; named("DeleteTrail") | count')).toBe(4);
    expect(one('let most = toscalar(T | summarize max(N)); T | where N == most | project N')).toBe(9);
    expect(one('let few = T | where N < 3; few | where N in (few | where N > 0 | project N) | count')).toBe(2);
  });

  it('takes texts apart', () => {
    expect(ask('T | where N == 1 | parse Who with * "::" account ":user/" user | project account, user')).toEqual([
      { account: '111122223333', user: 'u1' },
    ]);
  });

  it('keeps each row once', () => {
    expect(ask('T | distinct Name, Is | count')).toEqual([{ Count: 4 }]);
    expect(one('T | project Name | distinct * | count')).toBe(2);
  });

  it('makes tables of its own', () => {
    expect(ask('datatable(a: string, b: long) ["x", 1, "y", 2] | where b > 1')).toEqual([{ a: 'y', b: 2 }]);
  });

  it.each([
    ['T | make-series count() on At step 1d', /make-series/],
    ['T | where hash_sha256(Name) == "a"', /hash_sha256/],
    ['T | summarize variance(N)', /variance/],
    ['T | evaluate bag_unpack(More)', /evaluate/],
    ['T | search "x"', /search/],
  ])('refuses by name what it does not know: %s', (query, reason) => {
    expect(() => ask(query)).toThrow(KqlRefusal);
    expect(() => ask(query)).toThrow(reason);
  });
});

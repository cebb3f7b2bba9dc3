import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { described, jsonText, list, shortText, shown, shownLines, shownText } from '../../../shared/kit/shortText.ts';

const classes: readonly (readonly [what: string, character: string, spelt: string])[] = [
  ['a null', '\u0000', '\\u0000'],
  ['a bell', '\u0007', '\\u0007'],
  ['a backspace', '\b', '\\u0008'],
  ['a tab', '\t', '\\u0009'],
  ['a carriage return', '\r', '\\u000d'],
  ['an escape', '\u001b', '\\u001b'],
  ['a delete', '\u007f', '\\u007f'],
  ['a next line (C1)', '\u0085', '\\u0085'],
  ['a control sequence introducer (C1)', '\u009b', '\\u009b'],
  ['a soft hyphen', '\u00ad', '\\u00ad'],
  ['an Arabic letter mark', '\u061c', '\\u061c'],
  ['a zero-width space', '\u200b', '\\u200b'],
  ['a right-to-left mark', '\u200f', '\\u200f'],
  ['a line separator', '\u2028', '\\u2028'],
  ['a paragraph separator', '\u2029', '\\u2029'],
  ['a right-to-left override', '\u202e', '\\u202e'],
  ['an isolate', '\u2066', '\\u2066'],
  ['an end of isolates', '\u2069', '\\u2069'],
  ['a byte order mark', '\ufeff', '\\ufeff'],
  ['an interlinear anchor', '\ufff9', '\\ufff9'],
  ['a tag', '\u{e0041}', '\\udb40\\udc41'],
  ['a high surrogate alone', '\ud800', '\\ud800'],
  ['a low surrogate alone', '\udc00', '\\udc00'],
];

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom(...classes.map(([, character]) => character), 'a', '"', '\\', '\n', '😀'))
    .map((all) => all.join('')),
);

describe('text from outside', () => {
  it.each(classes)('spells out %s', (_what, character, spelt) => {
    expect(shownText(`a${character}b`)).toBe(`a${spelt}b`);
    expect(shownLines(`a${character}b\nc`)).toBe(`a${spelt}b\nc`);
    for (const quoted of [shown(`a${character}b`), jsonText(`a${character}b`)]) {
      expect(quoted).not.toMatch(unprintable);
      expect(JSON.parse(quoted)).toBe(`a${character}b`);
    }
  });

  it.each(classes)('spells out %s in the words of a service, or makes it a blank', (_what, character, spelt) => {
    const isBlank = /\s/.test(character);
    expect(shortText(`a${character}b`)).toBe(`a${isBlank ? ' ' : spelt}b`);
  });

  it('keeps what can be printed, in any writing', () => {
    const text = 'AWSLogs/é/日本/עברית/😀/a b"c\\d';
    expect(shownText(text)).toBe(text);
    expect(shownLines(`${text}\n`)).toBe(`${text}\n`);
  });

  it('begins no line of its own', () => {
    expect(shownText('a\nb')).toBe('a\\u000ab');
    expect(shown('a\nb')).toBe('"a\\nb"');
  });

  it('is cut where it is too long, never within a character', () => {
    expect(shownText('x'.repeat(5000))).toBe(`${'x'.repeat(2000)}…`);
    expect(shownText('abcdef', 3)).toBe('abc…');
    expect(shownText('ab😀', 3)).toBe('ab…');
    expect(shown('😀'.repeat(100))).toBe(`"${'😀'.repeat(50)}…"`);
    expect(shortText('ab😀', 3)).toBe('ab...');
    expect(shown(`x${'😀'.repeat(100)}`)).toBe(`"x${'😀'.repeat(49)}…"`);
  });

  it('never shows what cannot be printed, and JSON means the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(shownText(text)).not.toMatch(unprintable);
        expect(shownLines(text).replaceAll('\n', '')).not.toMatch(unprintable);
        expect(shortText(text)).not.toMatch(unprintable);
        expect(jsonText({ [text]: text })).not.toMatch(unprintable);
        expect(JSON.parse(jsonText({ text }))).toEqual({ text });
        expect(shown(text).length).toBeLessThanOrEqual(12 * 101 + 2);
      }),
    );
  });
});

describe('list', () => {
  it('names eight at most', () => {
    expect(list([...'abcdefgh'])).toBe('a, b, c, d, e, f, g, h');
    expect(list([...'abcdefghij'])).toBe('a, b, c, d, e, f, g, h and 2 more');
  });
});

describe('described', () => {
  it('names fields and never values', () => {
    expect(described({ a: 'secret', 'b\u001b': 1 })).toBe('a JSON object with "a", "b\\u001b"');
    expect(described({})).toBe('an empty JSON object');
    expect([described([1]), described(null), described('x'), described(7)]).toEqual([
      'a JSON list',
      'a JSON null',
      'a JSON string',
      'a JSON number',
    ]);
  });
});

import { regexOf } from '../regex.ts';
import { textOf, type Value } from '../values.ts';
import { asList, asNumber, asText, type ScalarFunction } from './registry.ts';

export const strings: Readonly<Record<string, ScalarFunction>> = {
  strcat: (args, types) => args.map((value, index) => textOf(value, types[index] ?? 'dynamic')).join(''),
  strcat_delim: ([delimiter, ...parts], types) =>
    parts.map((value, index) => textOf(value, types[index + 1] ?? 'dynamic')).join(asText(delimiter)),
  strcat_array: ([list, delimiter]) =>
    (asList(list) ?? []).map((each) => textOf(each, 'dynamic')).join(asText(delimiter)),
  tolower: ([text]) => asText(text).toLowerCase(),
  toupper: ([text]) => asText(text).toUpperCase(),
  strlen: ([text]) => [...asText(text)].length,
  trim: ([pattern, text]) =>
    asText(text)
      .replace(regexOf(`^(?:${asText(pattern)})+`), '')
      .replace(regexOf(`(?:${asText(pattern)})+$`), ''),
  trim_start: ([pattern, text]) => asText(text).replace(regexOf(`^(?:${asText(pattern)})+`), ''),
  trim_end: ([pattern, text]) => asText(text).replace(regexOf(`(?:${asText(pattern)})+$`), ''),
  reverse: ([text]) => [...asText(text)].reverse().join(''),
  substring: ([text, start, length]) => {
    const from = Math.max(0, asNumber(start) ?? 0);
    const size = asNumber(length);
    return asText(text).slice(from, size === null || size < 0 ? undefined : from + size);
  },
  indexof: ([text, wanted, from]) => asText(text).indexOf(asText(wanted), asNumber(from) ?? 0),
  countof: ([text, wanted]) => (asText(wanted) === '' ? 0 : asText(text).split(asText(wanted)).length - 1),
  replace_string: ([text, from, to]) => asText(text).replaceAll(asText(from), asText(to)),
  replace_regex: ([text, pattern, to]) => replaced(text, pattern, to),
  replace: ([pattern, to, text]) => replaced(text, pattern, to),
  extract: ([pattern, group, text]) => regexOf(asText(pattern)).exec(asText(text))?.[asNumber(group) ?? 0] ?? '',
  extract_all: ([pattern, text]) => {
    const all = [...asText(text).matchAll(new RegExp(regexOf(asText(pattern)), 'gu'))];
    if (all.length === 0) return null;
    return all.map(
      ([, ...groups]): Value => (groups.length === 1 ? (groups[0] ?? '') : groups.map((group) => group ?? '')),
    );
  },
  split: ([text, delimiter, wanted]) => {
    const parts = asText(delimiter) === '' ? [asText(text)] : asText(text).split(asText(delimiter));
    const index = asNumber(wanted);
    if (index === null) return parts;
    const part = parts[index];
    return part === undefined ? [] : [part];
  },
  url_decode: ([text]) => {
    try {
      return decodeURIComponent(asText(text));
    } catch {
      return asText(text);
    }
  },
  base64_decode_tostring: ([text]) => Buffer.from(asText(text), 'base64').toString('utf8'),
  base64_encode_tostring: ([text]) => Buffer.from(asText(text), 'utf8').toString('base64'),
};

function replaced(text: Value | undefined, pattern: Value | undefined, to: Value | undefined): string {
  const global = new RegExp(regexOf(asText(pattern)), 'gu');
  return asText(text).replace(global, asText(to).replaceAll(/\\(\d)/g, '$$$1'));
}

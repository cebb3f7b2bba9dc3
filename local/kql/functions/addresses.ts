import type { Value } from '../values.ts';
import { asList, asText, type ScalarFunction } from './registry.ts';

/** Addresses of version 4 in a text, each with no letter or digit at its sides. */
const addressesIn = /(?<![\p{L}\p{N}])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}])/gu;

/** A whole address, or its first parts with the dot behind them; nothing else is a prefix. */
const isPrefix = /^(?:\d{1,3}\.){1,3}$|^(?:\d{1,3}\.){3}\d{1,3}$/;

/** https://learn.microsoft.com/kusto/query/has-ipv4-prefix-function */
function hasPrefix(text: string, prefix: string): boolean {
  if (!isPrefix.test(prefix)) return false;
  const found = text.match(addressesIn) ?? [];
  return found.some((address) => (prefix.endsWith('.') ? address.startsWith(prefix) : address === prefix));
}

export const addresses: Readonly<Record<string, ScalarFunction>> = {
  has_ipv4_prefix: ([text, prefix]) => hasPrefix(asText(text), asText(prefix)),
  // Prefixes one by one, or as one list.
  has_any_ipv4_prefix: ([text, ...prefixes]) => {
    const all = prefixes.flatMap((each): readonly Value[] => asList(each) ?? [each]);
    return all.some((prefix) => hasPrefix(asText(text), asText(prefix)));
  },
};

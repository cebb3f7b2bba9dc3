import type { FailedQuery } from '../../shared/azure/failedEntries/entries.ts';
import { readAge } from './age.ts';

/** The options as typed. */
export interface ReplayOptions {
  readonly list?: boolean;
  readonly reason?: string;
  readonly source?: string;
  readonly 'older-than'?: string;
  readonly show?: string;
  readonly replay?: readonly string[];
  readonly 'replay-all'?: boolean;
  readonly close?: readonly string[];
  readonly again?: boolean;
}

/** What is to be done. */
export type Request =
  | { readonly kind: 'list'; readonly query: FailedQuery }
  | { readonly kind: 'show'; readonly id: string }
  | { readonly kind: 'close'; readonly ids: readonly string[] }
  | { readonly kind: 'replay'; readonly wanted: readonly string[] | FailedQuery; readonly again: boolean };

/** Options that fit together are one request; others are a sentence that says why not. */
export function readRequest(options: ReplayOptions, positionals: readonly string[]): Request | string {
  const { close, list, replay, 'replay-all': all, show, again = false } = options;
  const query = readQuery(options);
  if (typeof query === 'string') return query;
  const asked = [
    ...(list ? ['--list'] : []),
    ...(show === undefined ? [] : ['--show']),
    ...(replay === undefined ? [] : ['--replay']),
    ...(all ? ['--replay-all'] : []),
    ...(close === undefined ? [] : ['--close']),
  ];
  if (asked.length > 1) return `${asked.join(' and ')} exclude each other`;
  const ids = replay ?? close;
  if (ids === undefined && positionals.length > 0) return `"${positionals[0]}" follows neither --replay nor --close`;
  if ((ids !== undefined || show !== undefined) && Object.keys(query).length > 0) {
    return `--reason, --source and --older-than choose for the list and for --replay-all, not for ${asked[0]}`;
  }
  if (again && replay === undefined && !all) return '--again needs --replay or --replay-all';
  if (show !== undefined) return { kind: 'show', id: show };
  if (close !== undefined) return { kind: 'close', ids: [...close, ...positionals] };
  if (replay !== undefined) return { kind: 'replay', wanted: [...replay, ...positionals], again };
  return all ? { kind: 'replay', wanted: query, again } : { kind: 'list', query };
}

function readQuery({ reason, source, 'older-than': age }: ReplayOptions): FailedQuery | string {
  const olderThanMs = age === undefined ? undefined : readAge(age);
  if (age !== undefined && olderThanMs === undefined) {
    return `--older-than must be a number with d, h, m or s, such as 2d; got "${age}"`;
  }
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { source }),
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
  };
}

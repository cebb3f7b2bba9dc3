import { join } from 'node:path';
import type { FailedEntry } from '../shared/azure/ledger/failedEntity.ts';
import type { FailedEntries } from '../shared/azure/ledger/failedEntries.ts';
import { ConnectorError } from '../shared/errors.ts';
import type { ReplayOutcome } from '../shared/pipeline/replayOutcome.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { readAge } from './replay/age.ts';
import { readAppValues } from './replay/appValues.ts';
import { openConnector, openEntries } from './replay/openApp.ts';
import { Refused } from './replay/refused.ts';
import { printable, renderList, renderOutcome, renderShown, renderTotals } from './replay/render.ts';
import { replayEntries } from './replay/replayEntries.ts';

const { values, positionals } = parseCommand({
  name: 'replay',
  summary:
    'Lists what could not be delivered, shows it, and puts it through the live path again; the queue is not asked.',
  options: {
    list: { type: 'boolean', help: 'list open failed entries (what happens without other options)' },
    reason: { type: 'string', value: 'CODE', help: 'only those that failed for this reason, such as gzip-invalid' },
    source: { type: 'string', value: 'NAME', help: 'only those of this source' },
    'older-than': {
      type: 'string',
      value: 'AGE',
      help: 'only those that failed last at least so long ago: 2d, 3h, 30m',
    },
    show: { type: 'string', value: 'ID', help: 'print everything that is kept of one entry, its message included' },
    replay: { type: 'string', value: 'ID', multiple: true, help: 'put this entry through again; more IDs may follow' },
    'replay-all': { type: 'boolean', help: 'put every listed entry through again' },
    close: {
      type: 'string',
      value: 'ID',
      multiple: true,
      help: 'nothing more is to be done about it; more IDs may follow',
    },
    again: {
      type: 'boolean',
      help: 'send objects once more that were accepted before: their rows will be there twice',
    },
    local: { type: 'boolean', help: 'take the settings from the set-up that "npm start -- --serve" runs' },
    json: { type: 'boolean', help: 'print one JSON object on standard output' },
  },
  positionals: '[ID...]',
  notes: [
    'Settings are those of the function app: environment variables, then local.settings.json in the project folder.',
    'An entry is closed once everything its message announces was accepted; one that fails again is kept.',
    'Exit codes: 0 all done, 1 something is left or failed, 2 wrong usage.',
  ].join('\n'),
});

const query = readQuery();
const mode = readMode();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  const app = readAppValues(join(import.meta.dirname, '..'), process.env, values.local ?? false);
  // Credentials look for these in the environment.
  for (const [name, value] of Object.entries(app)) if (value !== undefined) process.env[name] = value;
  process.exitCode = await act(app);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${printable(describe(error))}\n`);
}
// Connections to storage are kept open, and nobody needs them any more; what is printed may still be on its way.
process.stdout.write('', () => process.exit());

async function act(app: ReturnType<typeof readAppValues>): Promise<number> {
  const entries = openEntries(app);
  switch (mode.kind) {
    case 'list': {
      const found: FailedEntry[] = [];
      for await (const entry of entries.listFailed(query)) found.push(entry);
      print({ entries: found }, () => renderList(found, Date.now()));
      return 0;
    }
    case 'show': {
      const found = await entries.readFailed(mode.id);
      if (found === undefined) throw noSuchEntry(mode.id);
      print(found, () => renderShown(found, Date.now()));
      return 0;
    }
    case 'close': {
      for (const id of mode.ids) if ((await entries.readFailed(id)) === undefined) throw noSuchEntry(id);
      for (const id of mode.ids) await entries.closeFailed(id);
      print({ closed: mode.ids }, () => `${mode.ids.length} closed.\n`);
      return 0;
    }
    case 'replay':
      return await replayAll(app, mode.ids ?? (await listed(entries)));
  }
}

async function listed(entries: FailedEntries): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of entries.listFailed(query)) ids.push(id);
  return ids;
}

async function replayAll(app: ReturnType<typeof readAppValues>, ids: readonly string[]): Promise<number> {
  const quiet = () => undefined;
  const error = (line: string) => process.stderr.write(`${line}\n`);
  const connector = openConnector(app, { debug: quiet, info: quiet, warn: quiet, error });
  const outcomes: ReplayOutcome[] = [];
  try {
    for await (const outcome of replayEntries(connector, ids, values.again ?? false, interrupted.signal)) {
      outcomes.push(outcome);
      if (!values.json) process.stdout.write(`${renderOutcome(outcome)}\n`);
    }
  } finally {
    connector.close();
  }
  const ok = outcomes.every(({ kind }) => kind === 'delivered');
  print({ ok, outcomes }, () => renderTotals(outcomes));
  return ok ? 0 : 1;
}

function readQuery() {
  const { reason, source, 'older-than': age } = values;
  const olderThanMs = age === undefined ? undefined : readAge(age);
  if (age !== undefined && olderThanMs === undefined) {
    refuseUsage('replay', `--older-than must be a number with d, h, m or s, such as 2d; got "${age}"`);
  }
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { source }),
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
  };
}

type Mode =
  | { readonly kind: 'list' }
  | { readonly kind: 'show'; readonly id: string }
  | { readonly kind: 'close'; readonly ids: readonly string[] }
  /** Without IDs: all that the filters let through. */
  | { readonly kind: 'replay'; readonly ids?: readonly string[] };

function readMode(): Mode {
  const { close, list, replay, 'replay-all': all, show } = values;
  const asked = [
    ...(list ? ['--list'] : []),
    ...(show === undefined ? [] : ['--show']),
    ...(replay === undefined ? [] : ['--replay']),
    ...(all ? ['--replay-all'] : []),
    ...(close === undefined ? [] : ['--close']),
  ];
  if (asked.length > 1) refuseUsage('replay', `${asked.join(' and ')} exclude each other`);
  const takesIds = replay !== undefined || close !== undefined;
  if (!takesIds && positionals.length > 0) {
    refuseUsage('replay', `"${positionals[0]}" follows neither --replay nor --close`);
  }
  if ((takesIds || show !== undefined) && Object.keys(query).length > 0) {
    refuseUsage(
      'replay',
      `--reason, --source and --older-than choose for the list and for --replay-all, not for ${asked[0]}`,
    );
  }
  if (values.again && replay === undefined && !all) refuseUsage('replay', '--again needs --replay or --replay-all');
  if (show !== undefined) return { kind: 'show', id: show };
  if (close !== undefined) return { kind: 'close', ids: [...close, ...positionals] };
  if (replay !== undefined) return { kind: 'replay', ids: [...replay, ...positionals] };
  return { kind: all ? 'replay' : 'list' };
}

function print(result: object, render: () => string): void {
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : render());
}

function noSuchEntry(id: string): Refused {
  return new Refused(`there is no failed entry ${id}`, 'List them: npm run replay -- --list');
}

function describe(error: unknown): string {
  if (error instanceof Refused) return `replay: ${error.message}\n${error.remedy}`;
  if (!(error instanceof ConnectorError)) return `replay: ${error instanceof Error ? error.stack : error}`;
  const unreachable =
    'Check that AzureWebJobsStorage names the storage account of the function app, that this machine may reach it, and, if it is an emulator, that it runs.';
  const remedy = error.remedy ?? (error.code === 'storage-unavailable' ? unreachable : undefined);
  return `replay: ${error.message}${remedy === undefined ? '' : `\n${remedy}`}`;
}

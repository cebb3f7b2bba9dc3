import type { FailedEntry } from '../../shared/azure/failedEntries/entity.ts';
import type { FailedQuery, KeptEntries } from '../../shared/azure/failedEntries/entries.ts';
import { jsonText } from '../../shared/kit/shortText.ts';
import type { ReplayOutcome } from '../../shared/pipeline/replay/outcome.ts';
import type { AppValues } from './appValues.ts';
import { openConnector, openEntries } from './openApp.ts';
import type { Request } from './readRequest.ts';
import { Refused } from './refused.ts';
import { renderList, renderOutcome, renderShown, renderTotals } from './render.ts';
import { replayEntries } from './replayEntries.ts';

export interface Terminal {
  readonly json: boolean;
  out(text: string): void;
  error(text: string): void;
}

/** Does what was asked for, and answers the exit code. @throws Refused or ConnectorError when it cannot even begin */
export async function carryOut(
  request: Request,
  app: AppValues,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<0 | 1> {
  const entries = openEntries(app);
  const print = (result: object, render: () => string): void => {
    terminal.out(terminal.json ? `${jsonText(result)}\n` : render());
  };
  switch (request.kind) {
    case 'list': {
      const found = await listed(entries, request.query);
      print({ entries: found }, () => renderList(found, Date.now()));
      return 0;
    }
    case 'show': {
      const found = await entries.readFailed(request.id);
      if (found === undefined) throw noSuchEntry(request.id);
      print(found, () => renderShown(found, Date.now()));
      return 0;
    }
    case 'close': {
      for (const id of request.ids) if ((await entries.readFailed(id)) === undefined) throw noSuchEntry(id);
      for (const id of request.ids) await entries.closeFailed(id);
      print({ closed: request.ids }, () => `${request.ids.length} closed.\n`);
      return 0;
    }
    case 'replay': {
      const { again, wanted } = request;
      const ids = 'length' in wanted ? wanted : (await listed(entries, wanted)).map(({ id }) => id);
      const outcomes = await replayed(ids, again, app, terminal, signal);
      const ok = outcomes.every(({ kind }) => kind === 'delivered');
      print({ ok, outcomes }, () => renderTotals(outcomes));
      return ok ? 0 : 1;
    }
  }
}

async function listed(entries: KeptEntries, query: FailedQuery): Promise<readonly FailedEntry[]> {
  const found: FailedEntry[] = [];
  for await (const entry of entries.listFailed(query)) found.push(entry);
  return found;
}

async function replayed(
  ids: readonly string[],
  again: boolean,
  app: AppValues,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly ReplayOutcome[]> {
  // What failed is told by the outcomes; what else needs a person is an error line, as in Azure.
  const quiet = () => undefined;
  const error = (line: string) => terminal.error(`${line}\n`);
  const connector = openConnector(app, { debug: quiet, info: quiet, warn: quiet, error });
  const outcomes: ReplayOutcome[] = [];
  try {
    for await (const outcome of replayEntries(connector, ids, again, signal)) {
      outcomes.push(outcome);
      if (!terminal.json) terminal.out(`${renderOutcome(outcome)}\n`);
    }
  } finally {
    connector.close();
  }
  return outcomes;
}

function noSuchEntry(id: string): Refused {
  return new Refused(`there is no failed entry ${id}`, 'List them: npm run replay -- --list');
}

import { existsSync, readFileSync } from 'node:fs';
import { evaluate } from '../local/kql/evaluate.ts';
import { parserOver } from '../local/kql/language.ts';
import { KqlRefusal } from '../local/kql/refusal.ts';
import { trailTable, workspaceSchema, workspaceTables } from '../local/kql/workspace.ts';
import { shownLines } from '../shared/kit/shortText.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { placeOf, pointedAt } from './query/place.ts';
import { rowsOfFile, rowsOfFolder } from './query/readRows.ts';
import { asCsv, asJson, asTable } from './query/render.ts';

const { positionals, values } = parseCommand({
  name: 'query',
  summary: "Asks your own CloudTrail files in KQL, by the connector's own mapping: the table is AWSCloudTrail_CL.",
  options: {
    logs: { type: 'string', value: 'DIR', help: 'a folder of CloudTrail files, at any depth' },
    rows: { type: 'string', value: 'FILE', help: 'rows as "npm run map" prints them' },
    json: { type: 'boolean', help: 'print the answer as one JSON array on standard output, and nothing else there' },
    csv: { type: 'boolean', help: 'print the answer as CSV' },
    now: { type: 'string', value: 'TIME', help: 'what now() and ago() count from (default: the newest row)' },
  },
  positionals: "'KQL' | FILE.kql",
  notes:
    "For example: npm run query -- --logs DIR 'AWSCloudTrail_CL | summarize count() by EventName | top 5 by count_'\nParsed by Microsoft's own KQL parser, run by a small evaluator that refuses what it does not know; see docs/kql.md.\nExit codes: 0 answered, 1 the query or the files are at fault, 2 wrong usage.",
});
const [asked] = positionals;
if (asked === undefined || positionals.length > 1)
  refuseUsage('query', 'ask one query, in quotes, or name one FILE.kql');
if ((values.logs === undefined) === (values.rows === undefined))
  refuseUsage('query', 'name either --logs DIR or --rows FILE');
if (values.json && values.csv) refuseUsage('query', '--json and --csv exclude one another');
const given = values.now === undefined ? undefined : Date.parse(values.now);
if (given !== undefined && Number.isNaN(given))
  refuseUsage('query', `--now must be a time such as 2026-11-01T00:00:00Z; it is "${values.now}"`);

try {
  process.exitCode = await answer(asked.endsWith('.kql') && existsSync(asked) ? readFileSync(asked, 'utf8') : asked);
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function answer(query: string): Promise<number> {
  const { diagnostics, root } = parserOver(workspaceSchema())(query);
  const errors = diagnostics.filter(({ severity }) => severity === 'Error');
  for (const { code, length, message, start } of errors) {
    tell(`${placeOf(query, start)}: ${message} [${code}]`);
    for (const line of pointedAt(query, start, length)) tell(line);
  }
  if (errors.length > 0) return 1;

  const rows = values.rows === undefined ? await fromFolder(values.logs ?? '.') : await rowsOfFile(values.rows);
  const newest = rows.reduce(
    (latest, { TimeGenerated: at }) => (typeof at === 'number' && at > latest ? at : latest),
    0,
  );
  try {
    const result = evaluate(root, { now: given ?? newest, tables: workspaceTables({ [trailTable]: rows }) });
    const found = [...result.rows];
    if (values.json) process.stdout.write(`${asJson(result, found)}\n`);
    else
      for (const line of values.csv ? asCsv(result, found) : asTable(result, found)) process.stdout.write(`${line}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof KqlRefusal)) throw error;
    tell(error.offset === undefined ? error.message : `${placeOf(query, error.offset)}: ${error.message}`);
    return 1;
  }
}

/** Tells its progress, and each file that is left out although it may hold records. */
async function fromFolder(folder: string) {
  let toldAt = performance.now();
  const { files, leftOut, rows } = await rowsOfFolder(folder, (read, rowsSoFar) => {
    if (performance.now() - toldAt < 1_000) return;
    toldAt = performance.now();
    tell(`${read} files, ${rowsSoFar} rows ...`);
  });
  for (const { isFailure, path, reason } of leftOut) if (isFailure) tell(`${path}: ${reason}`);
  if (files === 0) throw new Error(`${folder} holds no CloudTrail files`);
  if (leftOut.some(({ isFailure }) => isFailure)) process.exitCode = 1;
  return rows;
}

function tell(what: string): void {
  process.stderr.write(`${what.startsWith('  ') ? '' : 'query: '}${shownLines(what)}\n`);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { evaluate } from '../../../local/kql/evaluate.ts';
import { parserOver } from '../../../local/kql/language.ts';
import { ingestedAt, type Row } from '../../../local/kql/rows.ts';
import { rowOf, trailTable, workspaceSchema, workspaceTables } from '../../../local/kql/workspace.ts';
import { emptied, openBody } from '../../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { feedEnd, feedPiece } from '../../../shared/cloudtrail/rows/feed.ts';
import { standardTable, standardTransform } from '../../../shared/cloudtrail/standardTable.ts';
import { knownFunctions } from '../../../tools/kql/functionFiles.ts';

export const sentinelFolder = join(import.meta.dirname, '../../../sentinel');
export const eventTime = '2026-11-30T10:00:00Z';

const functions = knownFunctions().map(({ body, name, parameters }) => ({ name, parameters, body: `{\n${body}\n}` }));
const parseQuery = parserOver(workspaceSchema(functions));

/** A CloudTrail record with what a test cares about; the rest is usual. */
export function record(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ eventVersion: '1.11', eventTime, eventSource: 'iam.amazonaws.com', eventName: 'GetUser' },
    ...{ awsRegion: 'us-east-1', sourceIPAddress: '198.51.100.7', userAgent: 'aws-cli/2.0', readOnly: false },
    ...{ eventID: JSON.stringify(over).length.toString().padStart(36, '0'), eventType: 'AwsApiCall' },
    ...{ recipientAccountId: '111122223333', eventCategory: 'Management' },
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/alice',
      userName: 'alice',
      principalId: 'AIDA1',
    },
    ...over,
  };
}

/** Through the connector's own mapping, received at a time. */
export function rowsOf(records: readonly Record<string, unknown>[], receivedAt = Date.parse(eventTime)): Row[] {
  const stream = openByteRowStream()({ sourceObject: 'test', fallbackTime: eventTime });
  const body = openBody(1_000_000);
  const rows: Row[] = [];
  const take = (): void => {
    if (body.rows > 0) rows.push(...(JSON.parse(`${Buffer.from(body.bytes.subarray(0, body.length - 1))}]`) as Row[]));
    emptied(body);
  };
  const open = () => body;
  for (const _ of feedPiece(stream, Buffer.from(JSON.stringify({ Records: records })), open)) take();
  for (const _ of feedEnd(stream, open)) take();
  take();
  return rows.map((row) => rowOf(row, receivedAt));
}

/** The query of a rule or hunt, such as `rules/TrailStopped`. */
function queryOf(name: string): string {
  return (parse(readFileSync(join(sentinelFolder, `${name}.yaml`), 'utf8')) as { readonly query: string }).query;
}

/** What a rule or hunt finds a minute after these rows arrived. @throws KqlRefusal for what the evaluator does not know */
export function found(name: string, rows: readonly Row[], now?: number): Row[] {
  return asked(queryOf(name), rows, { ...(now !== undefined && { now }) });
}

/** The answer to a query over rows of the connector's own table, and over some of Sentinel's if there are any. */
export function asked(
  query: string,
  rows: readonly Row[],
  {
    now = Date.parse(eventTime) + 60_000,
    standard = [],
  }: { readonly now?: number; readonly standard?: readonly Row[] } = {},
): Row[] {
  const { diagnostics, root } = parseQuery(query);
  const [problem] = diagnostics.filter(({ severity }) => severity === 'Error');
  if (problem !== undefined) throw new Error(problem.message);
  return [...evaluate(root, { now, tables: workspaceTables({ [trailTable]: rows, [standardTable]: standard }) }).rows];
}

/** Rows as they are in Sentinel's own table: by the very transform that the rule has. */
export function standardRowsOf(records: readonly Record<string, unknown>[], receivedAt = Date.parse(eventTime)): Row[] {
  const [own] = workspaceSchema().tables;
  if (own === undefined) throw new Error('the workspace has no tables');
  const { root } = parserOver({ tables: [{ name: 'source', columns: own.columns }] })(standardTransform);
  const rows = rowsOf(records, receivedAt);
  const { rows: led } = evaluate(root, { now: 0, tables: new Map([['source', { columns: own.columns, rows }]]) });
  return Array.from(led, (row) => ({ ...row, [ingestedAt]: receivedAt }));
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { memberOf, parseRaw, type RawValue } from './rawJson.ts';

/** What a table file has beyond, beside or below the records that were to be delivered. */
export interface Delivery {
  rows: number;
  /** First words on each kind of fault, at most a few. */
  readonly faults: string[];
  missing: number;
  repeated: number;
  unknown: number;
  altered: number;
  /** Places where a later record of a file came before an earlier one: bodies may overtake one another, rows may not. */
  overtakings: number;
}

/** A record that was to be delivered: its file, its place in it, its text. */
export interface SentRecord {
  readonly file: string;
  readonly index: number;
  readonly text: string;
}

const jsonColumns = {
  RequestParameters: 'requestParameters',
  ResponseElements: 'responseElements',
  AdditionalEventData: 'additionalEventData',
  Resources: 'resources',
  ServiceEventDetails: 'serviceEventDetails',
};
const textColumns = {
  AwsEventId: 'eventID',
  EventVersion: 'eventVersion',
  EventSource: 'eventSource',
  EventTypeName: 'eventType',
  EventName: 'eventName',
  AWSRegion: 'awsRegion',
  SourceIpAddress: 'sourceIPAddress',
  UserAgent: 'userAgent',
  ErrorCode: 'errorCode',
  ErrorMessage: 'errorMessage',
  AwsRequestId_: 'requestID',
  RecipientAccountId: 'recipientAccountId',
  Category: 'eventCategory',
  UserIdentityType: 'userIdentity.type',
  UserIdentityPrincipalid: 'userIdentity.principalId',
  UserIdentityArn: 'userIdentity.arn',
  UserIdentityAccountId: 'userIdentity.accountId',
  UserIdentityUserName: 'userIdentity.userName',
};

/** Holds a table file against the records of the source, one by one and token by token; shares no code with the product. */
export async function checkDelivery(
  tableFile: string,
  sent: ReadonlyMap<string, SentRecord>,
  table: 'AWSCloudTrail_CL' | 'AWSCloudTrail' = 'AWSCloudTrail_CL',
): Promise<Delivery> {
  const found: Delivery = { rows: 0, faults: [], missing: 0, repeated: 0, unknown: 0, altered: 0, overtakings: 0 };
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const fault = (words: string): void => {
    if (found.faults.length < 10) found.faults.push(words.slice(0, 600));
  };
  for await (const line of createInterface({ input: createReadStream(tableFile) })) {
    found.rows++;
    const row = parseRaw(line);
    const id = String(JSON.parse(memberOf(row, ['AwsEventId'])?.text ?? 'null'));
    const record = sent.get(id);
    if (record === undefined) {
      found.unknown++;
      fault(`unknown row: ${line}`);
      continue;
    }
    if (seen.has(id)) found.repeated++;
    seen.add(id);
    if (record.index < (last.get(record.file) ?? -1)) found.overtakings++;
    last.set(record.file, record.index);
    const differences = compare(parseRaw(record.text), row, table === 'AWSCloudTrail' ? '_CF' : '');
    if (differences.length > 0) {
      found.altered++;
      fault(`${record.file}[${record.index}]: ${differences.join('; ')}`);
    }
  }
  for (const [id, { file, index }] of sent) {
    if (seen.has(id)) continue;
    found.missing++;
    fault(`missing: ${file}[${index}] ${id}`);
  }
  return found;
}

/** `ending`: of the columns that Microsoft's table lacks. */
function compare(record: RawValue, row: RawValue, ending: string): string[] {
  const differences: string[] = [];
  const cut = String(JSON.parse(memberOf(row, [`TruncatedColumns${ending}`])?.text ?? '""')).split(',');
  const expect = (column: string, wanted: string | undefined): void => {
    const cell = memberOf(row, [column]);
    if (cut.includes(column)) return;
    const got = cell === undefined ? undefined : cell.kind === 'string' ? String(JSON.parse(cell.text)) : cell.text;
    if (got !== wanted) differences.push(`${column} is ${got?.slice(0, 200)}, not ${wanted?.slice(0, 200)}`);
  };
  for (const [column, key] of Object.entries(jsonColumns)) expect(column, textOf(memberOf(record, [key]), false));
  for (const [column, path] of Object.entries(textColumns)) {
    expect(column, textOf(memberOf(record, path.split('.')), true));
  }
  expect('TimeGenerated', textOf(memberOf(record, ['eventTime']), true));
  expect(`EventTime${ending}`, textOf(memberOf(record, ['eventTime']), true));
  if (memberOf(row, [`SourceObject${ending}`]) === undefined) differences.push('SourceObject is absent');
  expect('ReadOnly', textOf(memberOf(record, ['readOnly']), true));
  const unmapped = memberOf(record, ['extra']);
  const cell = memberOf(row, [`UnmappedFields${ending}`, 'extra']);
  if (unmapped?.text !== cell?.text) differences.push(`UnmappedFields.extra is ${cell?.text}, not ${unmapped?.text}`);
  for (const [name, , { text }] of row.members) {
    if (text === 'null' || text === '""') differences.push(`${name} is ${text} instead of absent`);
  }
  return differences;
}

/** A string's value, or the text of anything else; null and absent are one. */
function textOf(value: RawValue | undefined, decoded: boolean): string | undefined {
  if (value === undefined || value.text === 'null') return undefined;
  return decoded && value.kind === 'string' ? String(JSON.parse(value.text)) : value.text;
}

/**
 * The mapping a second time, written for clarity alone and sharing nothing with the engine but the settled table of
 * columns below: the test's own reading of the contract.
 */

/** A JSON value that remembers its text: numbers keep their digits, objects their order and their repeated keys. */
export type Node =
  | { readonly type: 'scalar'; readonly text: string; readonly value: string | number | boolean | null }
  | { readonly type: 'array'; readonly items: readonly Node[] }
  | { readonly type: 'object'; readonly members: readonly Member[] };

export interface Member {
  readonly key: string;
  readonly rawKey: string;
  readonly value: Node;
}

const paths: Readonly<Record<string, string>> = {
  AwsEventId: 'eventID',
  EventVersion: 'eventVersion',
  EventSource: 'eventSource',
  EventTypeName: 'eventType',
  EventName: 'eventName',
  UserIdentityType: 'userIdentity.type',
  UserIdentityPrincipalid: 'userIdentity.principalId',
  UserIdentityArn: 'userIdentity.arn',
  UserIdentityAccountId: 'userIdentity.accountId',
  UserIdentityInvokedBy: 'userIdentity.invokedBy',
  UserIdentityAccessKeyId: 'userIdentity.accessKeyId',
  UserIdentityUserName: 'userIdentity.userName',
  SessionMfaAuthenticated: 'userIdentity.sessionContext.attributes.mfaAuthenticated',
  SessionCreationDate: 'userIdentity.sessionContext.attributes.creationDate',
  SessionIssuerType: 'userIdentity.sessionContext.sessionIssuer.type',
  SessionIssuerPrincipalId: 'userIdentity.sessionContext.sessionIssuer.principalId',
  SessionIssuerArn: 'userIdentity.sessionContext.sessionIssuer.arn',
  SessionIssuerAccountId: 'userIdentity.sessionContext.sessionIssuer.accountId',
  SessionIssuerUserName: 'userIdentity.sessionContext.sessionIssuer.userName',
  AWSRegion: 'awsRegion',
  SourceIpAddress: 'sourceIPAddress',
  UserAgent: 'userAgent',
  ErrorCode: 'errorCode',
  ErrorMessage: 'errorMessage',
  RequestParameters: 'requestParameters',
  ResponseElements: 'responseElements',
  AdditionalEventData: 'additionalEventData',
  AwsRequestId_: 'requestID',
  Resources: 'resources',
  APIVersion: 'apiVersion',
  ReadOnly: 'readOnly',
  RecipientAccountId: 'recipientAccountId',
  ServiceEventDetails: 'serviceEventDetails',
  SharedEventId: 'sharedEventID',
  VpcEndpointId: 'vpcEndpointId',
  ManagementEvent: 'managementEvent',
  Category: 'eventCategory',
  EC2RoleDelivery: 'userIdentity.sessionContext.ec2RoleDelivery',
  TlsVersion: 'tlsDetails.tlsVersion',
  CipherSuite: 'tlsDetails.cipherSuite',
  ClientProvidedHostHeader: 'tlsDetails.clientProvidedHostHeader',
  UserIdentityUserId: 'userIdentity.onBehalfOf.userId',
  UserIdentityStoreArn: 'userIdentity.onBehalfOf.identityStoreArn',
  TimeGenerated: 'eventTime',
};
/** Keys may hold dots; nothing here holds a line feed. */
const columnAt = new Map(Object.entries(paths).map(([column, path]) => [path.replaceAll('.', '\n'), column]));
const objectPaths = new Set(
  [...columnAt.keys()].flatMap((path) =>
    path.split('\n').flatMap((_, index, keys) => (index === 0 ? [] : [keys.slice(0, index).join('\n')])),
  ),
);
const booleans = new Set(['SessionMfaAuthenticated', 'ReadOnly', 'ManagementEvent']);
const ports = { IpProtocol: 'ipProtocol', SourcePort: 'fromPort', DestinationPort: 'toPort', CidrIp: 'cidrIp' };

/** The row of one record, as the JSON text of each cell. */
export function oracleRow(
  record: string,
  context: { sourceObject: string; fallbackTime: string },
): Map<string, string> {
  const cells = new Map<string, string>();
  const tree = parse(wellFormed(record));
  const left = mapObject(tree, undefined, cells);
  const parameters = last(tree, 'requestParameters');
  for (const [column, key] of Object.entries(ports)) {
    const permission = follow(parameters, ['ipPermissions', 'items', 0]);
    const listed = column === 'CidrIp' ? follow(permission, ['ipRanges', 'items', 0, key]) : follow(permission, [key]);
    const found = [follow(parameters, [key]), listed].find(isPlain);
    if (found !== undefined) cells.set(column, textCell(found));
  }
  const remarks = cells.has('TimeGenerated') ? [] : ['"_noEventTime":true'];
  const time = cells.get('TimeGenerated') ?? JSON.stringify(context.fallbackTime);
  cells.set('TimeGenerated', time);
  cells.set('EventTime', time);
  const unmapped = [...remarks, ...left];
  if (unmapped.length > 0) cells.set('UnmappedFields', `{${unmapped.join(',')}}`);
  cells.set('SourceObject', JSON.stringify(context.sourceObject));
  return cells;
}

/** Escaped halves of characters become U+FFFD. */
function wellFormed(json: string): string {
  return json.replace(/\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)/g, (each) =>
    each.length === 6 && /^\\u[dD][89a-fA-F]/.test(each) ? '\\ufffd' : each,
  );
}

/** Fills cells, and answers the members that no column took. */
function mapObject(node: Node, path: string | undefined, cells: Map<string, string>): string[] {
  if (node.type !== 'object') throw new Error('a record is an object');
  return node.members.flatMap((member, index) => {
    const memberPath = path === undefined ? member.key : `${path}\n${member.key}`;
    const isLast = !node.members.slice(index + 1).some((later) => later.key === member.key);
    const column = columnAt.get(memberPath);
    if (isLast && column !== undefined) {
      const cell = cellOf(column, member.value);
      if (cell !== undefined) cells.set(column, cell);
      if (cell !== undefined || isNull(member.value)) return [];
    }
    if (isLast && objectPaths.has(memberPath) && member.value.type === 'object') {
      const left = mapObject(member.value, memberPath, cells);
      return left.length === 0 ? [] : [`${member.rawKey}:{${left.join(',')}}`];
    }
    return saysNothing(member.value) ? [] : [`${member.rawKey}:${compact(member.value)}`];
  });
}

function cellOf(column: string, node: Node): string | undefined {
  if (isNull(node)) return undefined;
  const value = node.type === 'scalar' ? node.value : undefined;
  if (booleans.has(column)) {
    if (value === true || value === 'true' || value === 'True') return 'true';
    return value === false || value === 'false' || value === 'False' ? 'false' : undefined;
  }
  if (column === 'TimeGenerated' || column === 'SessionCreationDate') {
    const time = typeof value === 'string' ? isoTime(value) : undefined;
    return time === undefined ? undefined : JSON.stringify(time);
  }
  return textCell(node);
}

function isoTime(text: string): string | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const seconds = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/.exec(iso)?.[1];
  const isReal = seconds?.startsWith('20') === true && realSeconds(seconds) === seconds;
  return isReal ? iso : undefined;
}

/** JavaScript's own calendar takes 30 February for 1 March; a real time survives the way there and back. */
function realSeconds(seconds: string): string {
  const time = Date.parse(`${seconds}Z`);
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 19);
}

function textCell(node: Node): string {
  return node.type === 'scalar' && typeof node.value === 'string' ? node.text : JSON.stringify(compact(node));
}

export function compact(node: Node): string {
  if (node.type === 'scalar') return node.text;
  if (node.type === 'array') return `[${node.items.map(compact).join(',')}]`;
  return `{${node.members.map((member) => `${member.rawKey}:${compact(member.value)}`).join(',')}}`;
}

function saysNothing(node: Node): boolean {
  return (
    isNull(node) ||
    (node.type === 'array' && node.items.length === 0) ||
    (node.type === 'object' && node.members.length === 0)
  );
}

function isNull(node: Node): boolean {
  return node.type === 'scalar' && node.value === null;
}

function isPlain(node: Node | undefined): node is Node {
  return node?.type === 'scalar' && (typeof node.value === 'string' || typeof node.value === 'number');
}

function last(node: Node | undefined, key: string): Node | undefined {
  return node?.type === 'object' ? node.members.findLast((member) => member.key === key)?.value : undefined;
}

function follow(node: Node | undefined, steps: readonly (string | 0)[]): Node | undefined {
  return steps.reduce<Node | undefined>((from, step) => {
    return step === 0 ? (from?.type === 'array' ? from.items[0] : undefined) : last(from, step);
  }, node);
}

/** A small reader of JSON that keeps the text; JSON.parse decides first whether it is JSON at all. */
export function parse(json: string): Node {
  JSON.parse(json);
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let at = 0;
  const value = (): Node => {
    const token = tokens[at++] ?? '';
    if (token === '[') {
      const items: Node[] = [];
      while (tokens[at] !== ']') {
        items.push(value());
        if (tokens[at] === ',') at++;
      }
      at++;
      return { type: 'array', items };
    }
    if (token !== '{') return { type: 'scalar', text: token, value: JSON.parse(token) };
    const members: Member[] = [];
    while (tokens[at] !== '}') {
      const rawKey = tokens[at] ?? '';
      at += 2;
      members.push({ key: JSON.parse(rawKey), rawKey, value: value() });
      if (tokens[at] === ',') at++;
    }
    at++;
    return { type: 'object', members };
  };
  return value();
}

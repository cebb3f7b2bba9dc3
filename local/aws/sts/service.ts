import { randomUUID } from 'node:crypto';
import { type Answer, escapeXml, type Failure, xmlAnswer } from '../gateway/answers.ts';
import type { Role, World } from '../scene/world.ts';
import type { Caller, Credential, Credentials } from '../trust/credentials.ts';
import { authorize, decide } from '../trust/iam/authorize.ts';
import { type Policy, readPolicy } from '../trust/iam/policy.ts';
import { checkWebIdentity, type JwksSource } from '../trust/webIdentity.ts';

/** What the service needs from its surroundings. */
export interface StsDependencies {
  readonly world: World;
  readonly credentials: Credentials;
  readonly jwks: JwksSource;
  readonly now: () => number;
}

/** One STS call: the form's fields, who sent it (nobody, for web identity), and the region it was sent to. */
export interface StsCall {
  readonly fields: URLSearchParams;
  readonly caller: Caller | undefined;
  readonly region: string;
}

/** Answers AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity. */
export async function answerSts(call: StsCall, dependencies: StsDependencies): Promise<Answer | Failure> {
  const action = call.fields.get('Action') ?? '';
  if (dependencies.world.disabledStsRegions.has(call.region)) return regionDisabled(call, dependencies.world);
  if (action === 'AssumeRoleWithWebIdentity') return assumeWithWebIdentity(call, dependencies);
  if (call.caller === undefined) throw new Error('Only AssumeRoleWithWebIdentity may come unsigned.');
  if (action === 'AssumeRole') return assumeRole(call, call.caller, dependencies);
  if (action === 'GetCallerIdentity') return callerIdentity(call.caller);
  return { status: 400, code: 'InvalidAction', message: `Could not find operation ${action} for version 2011-06-15` };
}

/** True where an answer is ready; a failure still has to be worded. */
export function isAnswer(result: Answer | Failure): result is Answer {
  return 'body' in result;
}

function assumeRole(call: StsCall, caller: Caller, { world, credentials }: StsDependencies): Answer | Failure {
  const problem = checkFields(call.fields, ['RoleArn', 'RoleSessionName']);
  if (problem !== undefined) return problem;
  const roleArn = call.fields.get('RoleArn') ?? '';
  const role = world.roles.get(roleArn);
  const denied: Failure = {
    status: 403,
    code: 'AccessDenied',
    message: `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  };
  if (role === undefined) return denied;
  const answer = authorize(
    {
      identity: caller.permissions(),
      ...(caller.sessionPolicy === undefined ? {} : { session: caller.sessionPolicy }),
      resource: role.trust.policy,
      resourceAccount: role.account,
      resourcePolicyDecides: true,
    },
    {
      principal: caller.principal,
      action: 'sts:AssumeRole',
      resource: roleArn,
      context: {
        ...optional('sts:externalid', call.fields.get('ExternalId')),
        'sts:rolesessionname': call.fields.get('RoleSessionName') ?? '',
        'aws:principalarn': caller.principal.names[0] ?? '',
        'aws:principalaccount': caller.account,
        'aws:securetransport': 'true',
      },
    },
  );
  if (!answer.allowed) return denied;
  const duration = readDuration(call.fields, role, caller.isSession);
  if (typeof duration !== 'number') return duration;
  const session = issue(call.fields, role, duration, credentials);
  if ('code' in session) return session;
  return assumed('AssumeRole', session, '');
}

async function assumeWithWebIdentity(
  call: StsCall,
  { world, credentials, jwks, now }: StsDependencies,
): Promise<Answer | Failure> {
  const { fields } = call;
  const problem = checkFields(fields, ['RoleArn', 'RoleSessionName', 'WebIdentityToken']);
  if (problem !== undefined) return problem;
  const roleArn = fields.get('RoleArn') ?? '';
  const account = roleArn.split(':')[4] ?? '';
  const providers = world.oidcProviders.filter((provider) => provider.account === account);
  const checked = await checkWebIdentity(fields.get('WebIdentityToken') ?? '', providers, jwks, now());
  if ('failure' in checked) return checked.failure;

  const { provider, subject, audience, originalAudience } = checked.ok;
  const name = provider.url.replace(/^https:\/\//, '');
  const providerArn = `arn:aws:iam::${account}:oidc-provider/${name}`;
  const role = world.roles.get(roleArn);
  const decision = decide(role === undefined ? [] : [role.trust.policy], {
    principal: { kind: 'Federated', names: [providerArn], account: '' },
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn,
    context: {
      [`${name}:aud`.toLowerCase()]: audience,
      [`${name}:sub`.toLowerCase()]: subject,
      [`${name}:oaud`.toLowerCase()]: originalAudience,
      'aws:federatedprovider': providerArn,
      'sts:rolesessionname': fields.get('RoleSessionName') ?? '',
      'aws:securetransport': 'true',
    },
  });
  if (role === undefined || decision !== 'allowed') {
    return { status: 403, code: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' };
  }
  const duration = readDuration(fields, role, false);
  if (typeof duration !== 'number') return duration;
  const session = issue(fields, role, duration, credentials);
  if ('code' in session) return session;
  return assumed(
    'AssumeRoleWithWebIdentity',
    session,
    element('SubjectFromWebIdentityToken', subject) + element('Audience', audience) + element('Provider', providerArn),
  );
}

function callerIdentity(caller: Caller): Answer {
  return stsAnswer(
    'GetCallerIdentity',
    element('Arn', caller.arn) + element('UserId', caller.userId) + element('Account', caller.account),
  );
}

function regionDisabled(call: StsCall, world: World): Failure {
  const account = call.caller?.account ?? world.oidcProviders[0]?.account ?? '';
  return {
    status: 403,
    code: 'RegionDisabledException',
    message:
      `STS is not activated in this region for account:${account}. Your account administrator can activate STS in ` +
      'this region using the IAM Console.',
  };
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (lengths and patterns)
const constraints: Readonly<Record<string, { pattern: RegExp; shown: string; min: number; max: number }>> = {
  RoleArn: {
    pattern: /^[\P{Cc}\t\n\r]*$/u,
    shown: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+',
    min: 20,
    max: 2048,
  },
  RoleSessionName: { pattern: /^[\w+=,.@-]*$/, shown: '[\\w+=,.@-]*', min: 2, max: 64 },
  ExternalId: { pattern: /^[\w+=,.@:/-]*$/, shown: '[\\w+=,.@:\\/-]*', min: 2, max: 1224 },
  WebIdentityToken: { pattern: /^.*$/s, shown: '', min: 4, max: 20_000 },
};

function checkFields(fields: URLSearchParams, required: readonly string[]): Failure | undefined {
  for (const [name, { pattern, shown, min, max }] of Object.entries(constraints)) {
    const value = fields.get(name);
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    if (value === null) {
      if (!required.includes(name)) continue;
      return invalid(
        `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
      );
    }
    const rule =
      value.length < min
        ? `have length greater than or equal to ${min}`
        : value.length > max
          ? `have length less than or equal to ${max}`
          : pattern.test(value)
            ? undefined
            : `satisfy regular expression pattern: ${shown}`;
    const printed = name === 'WebIdentityToken' ? '***' : value;
    if (rule !== undefined) {
      return invalid(
        `1 validation error detected: Value '${printed}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
      );
    }
  }
  if ([...fields.keys()].some((name) => name.startsWith('PolicyArns.') || name.startsWith('Tags.'))) {
    return invalid('PolicyArns and Tags are not known to the embedded AWS.');
  }
  return undefined;
}

function readDuration(fields: URLSearchParams, role: Role, isChained: boolean): number | Failure {
  const seconds = Number(fields.get('DurationSeconds') ?? 3600);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    const bound = seconds < 900 ? 'greater than or equal to 900' : 'less than or equal to 43200';
    return invalid(
      `1 validation error detected: Value '${fields.get('DurationSeconds')}' at 'durationSeconds' failed to satisfy ` +
        `constraint: Member must have value ${bound}`,
    );
  }
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
  if (isChained && seconds > 3600) {
    return invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (seconds > role.maxSessionSeconds) {
    return invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

function issue(fields: URLSearchParams, role: Role, duration: number, credentials: Credentials): Credential | Failure {
  const inline = fields.get('Policy');
  let sessionPolicy: Policy | undefined;
  try {
    sessionPolicy = inline === null ? undefined : readPolicy('identity', 'this session', JSON.parse(inline));
  } catch (error) {
    return {
      status: 400,
      code: 'MalformedPolicyDocument',
      message: error instanceof Error ? error.message : 'malformed',
    };
  }
  return credentials.issue(role, fields.get('RoleSessionName') ?? '', duration, sessionPolicy);
}

function assumed(action: string, session: Credential, more: string): Answer {
  return stsAnswer(
    action,
    `<AssumedRoleUser>${element('Arn', session.caller.arn)}${element('AssumedRoleId', session.caller.userId)}` +
      `</AssumedRoleUser><Credentials>${element('AccessKeyId', session.accessKeyId)}` +
      `${element('SecretAccessKey', session.secretAccessKey)}${element('SessionToken', session.sessionToken ?? '')}` +
      `${element('Expiration', new Date(session.expiresAt ?? 0).toISOString().replace(/\.\d+/, ''))}</Credentials>${more}`,
  );
}

function stsAnswer(action: string, result: string): Answer {
  const requestId = randomUUID();
  return xmlAnswer(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}` +
      `</${action}Result><ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${action}Response>`,
    { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  );
}

function invalid(message: string): Failure {
  return { status: 400, code: 'ValidationError', message };
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function optional(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}

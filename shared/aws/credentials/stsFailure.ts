import { ConnectorError } from '../../words/errors.ts';
import { hasCode, isDenied, readAwsAnswer } from '../answers/answer.ts';
import { awsFailure } from '../answers/failure.ts';
import { commonMeaning, credentialsRow, type FailureRow, unansweredRow } from '../answers/meaning.ts';
import type { AwsRefusal } from '../answers/refusal.ts';
import type { TokenClaims } from './tokenClaims.ts';

/** One call to STS, with everything that was presented and may be shown. */
export type StsStep =
  | {
      readonly action: 'AssumeRoleWithWebIdentity';
      readonly roleArn: string;
      readonly region: string;
      readonly sessionName: string;
      readonly audience: string;
      readonly claims: TokenClaims | undefined;
    }
  | {
      readonly action: 'AssumeRole';
      readonly roleArn: string;
      readonly region: string;
      readonly sessionName: string;
      readonly externalId: string;
      /** ARN of the caller, or what else is known of it. */
      readonly caller: string;
      /** Long-lived keys that AWS does not know stay unknown; a session is replaced. */
      readonly by: 'session' | 'keys';
    };

/** Translates what STS answered. AccessDenied is deliberately ambiguous, so every possible cause is named. */
export function stsFailure(step: StsStep, error: unknown): ConnectorError {
  if (error instanceof ConnectorError) {
    return error;
  }
  const answer = readAwsAnswer(error);
  const row: Row =
    answer.kind === 'refused' ? refusedBy(step, answer) : unansweredRow(answer, 'sts-unavailable', 'STS');
  return awsFailure({ what: describeStep(step), at: { role: step.roleArn }, answer, row, causes: row.causes });
}

const tokenRefused = new Set(['InvalidIdentityToken', 'IDPRejectedClaim']);

interface Row extends FailureRow {
  readonly causes?: string;
}

function describeStep(step: StsStep): string {
  switch (step.action) {
    case 'AssumeRoleWithWebIdentity': {
      const claims = step.claims;
      const token =
        claims === undefined
          ? 'a token that is no JSON web token'
          : `a token with aud "${claims.aud}", iss "${claims.iss}", sub "${claims.sub}"`;
      return `AssumeRoleWithWebIdentity of ${step.roleArn} in ${step.region} with audience "${step.audience}", session name "${step.sessionName}" and ${token}`;
    }
    case 'AssumeRole':
      return `AssumeRole of ${step.roleArn} in ${step.region} by ${step.caller} with external ID "${step.externalId}" and session name "${step.sessionName}"`;
  }
}

function refusedBy(step: StsStep, answer: AwsRefusal): Row {
  if (hasCode(answer, new Set(['RegionDisabled']))) {
    return {
      code: 'sts-region-disabled',
      remedy: `Activate STS in ${step.region} in account ${accountOf(step.roleArn)} (for an opt-in region, enable the region in both accounts), or set AWS_STS_REGION to a region that is active there.`,
    };
  }
  const meaning = commonMeaning(answer);
  switch (meaning) {
    case 'throttled':
    case 'unavailable':
      return { code: 'sts-unavailable' };
    case 'stale-session':
      return staleRow(step);
    case 'invalid-credentials':
      return credentialsRow(meaning);
    case undefined:
      return ownRow(step, answer);
  }
}

/** What was shown is too old. A new token is asked for with every attempt; a hub session was forgotten, see sourceCredentials.ts. */
function staleRow(step: StsStep): Row {
  if (step.action === 'AssumeRole') {
    return credentialsRow(step.by === 'session' ? 'stale-session' : 'invalid-credentials');
  }
  return {
    code: 'credentials-expired',
    remedy:
      "Check that this machine's clock is right; if AWS goes on to find the token of the managed identity too old, restart the function app, so that the identity endpoint makes a new one.",
  };
}

function ownRow(step: StsStep, answer: AwsRefusal): Row {
  if (step.action === 'AssumeRoleWithWebIdentity' && hasCode(answer, tokenRefused)) {
    return tokenRefusedRow(step);
  }
  if (isDenied(answer)) {
    return deniedRow(step);
  }
  return {
    code: 'sts-refused',
    remedy:
      'Check AWS_ROLE_ARN, AWS_HUB_ROLE_ARN and WORKSPACE_ID against the text of the answer; sessions are asked for with 3,600 seconds, the most that role chaining allows.',
  };
}

function tokenRefusedRow(step: Extract<StsStep, { action: 'AssumeRoleWithWebIdentity' }>): Row {
  const issuer = step.claims?.iss ?? 'https://sts.windows.net/<tenant>/';
  return {
    code: 'web-identity-refused',
    causes:
      "the account has no OIDC provider for the token's issuer, its client IDs lack the audience, the token is a version 2 token (AWS then compares azp, not aud), it has expired, or AWS could not fetch the issuer's keys just now",
    remedy: `Make sure that account ${accountOf(step.roleArn)} has an OIDC provider with URL ${issuer} (exactly, closing slash included) and client ID ${step.audience}, and that the app registration issues version 1 access tokens (requestedAccessTokenVersion null or 1).`,
  };
}

function deniedRow(step: StsStep): Row {
  switch (step.action) {
    case 'AssumeRoleWithWebIdentity':
      return {
        code: 'web-identity-denied',
        causes:
          "the trust policy's conditions on aud or sub do not match the token, its Federated principal is not the ARN of the issuer's provider (closing slash included), it does not allow sts:AssumeRoleWithWebIdentity, the role does not exist, or a service control policy denies it",
        remedy: `Add this statement to the trust policy of ${step.roleArn}: ${webIdentityStatement(step.roleArn, step.audience, step.claims)}`,
      };
    case 'AssumeRole':
      return {
        code: 'assume-role-denied',
        causes:
          'the external ID differs, the role does not trust the caller (also when the hub role was deleted and made again), the role does not exist, the caller lacks sts:AssumeRole on it, or a service control policy denies it',
        remedy: `Add this statement to the trust policy of ${step.roleArn}: ${externalIdStatement(step.caller, step.externalId)}, and allow sts:AssumeRole on that role to the caller; a new trust policy may need some minutes to take effect.`,
      };
  }
}

function webIdentityStatement(roleArn: string, audience: string, claims: TokenClaims | undefined): string {
  const provider = (claims?.iss ?? 'https://sts.windows.net/<tenant>/').replace(/^https:\/\//, '');
  const [, partition = 'aws'] = roleArn.split(':');
  return JSON.stringify({
    Effect: 'Allow',
    Principal: { Federated: `arn:${partition}:iam::${accountOf(roleArn)}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${provider}:aud`]: claims?.aud ?? audience,
        [`${provider}:sub`]: claims?.sub ?? '<object ID of the managed identity>',
      },
    },
  });
}

function externalIdStatement(caller: string, externalId: string): string {
  return JSON.stringify({
    Effect: 'Allow',
    Principal: { AWS: caller.startsWith('arn:') ? caller : '<ARN of the caller>' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  });
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '(unknown)';
}

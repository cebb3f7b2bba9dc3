import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import { type AwsAnswer, causeOf, describeAwsAnswer, hasCode, isDenied, readAwsAnswer } from '../answers/answer.ts';
import type { AwsRefusal } from '../answers/refusal.ts';
import {
  expiredCredentials,
  expiredCredentialsRemedy,
  invalidCredentials,
  invalidCredentialsRemedy,
  throttled,
} from './codes.ts';
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
      readonly externalId: string | undefined;
      /** ARN of the caller, or what else is known of it. */
      readonly caller: string;
    }
  | { readonly action: 'GetCallerIdentity'; readonly roleArn: string; readonly region: string };

/** Translates what STS answered. AccessDenied is deliberately ambiguous, so every possible cause is named. */
export function stsFailure(step: StsStep, error: unknown, signal?: AbortSignal): ConnectorError {
  if (error instanceof ConnectorError) {
    return error;
  }
  const answer = readAwsAnswer(error, signal);
  const row = answer.kind === 'refused' ? refusedBy(step, answer) : unanswered(answer);
  const causes = row.causes === undefined ? '' : `; AWS does not say which of these it is: ${row.causes}`;
  const details = { at: { role: step.roleArn }, cause: causeOf(answer) };
  return new ConnectorError(row.code, `${describeStep(step)} failed: ${describeAwsAnswer(answer)}${causes}`, {
    ...details,
    ...(row.remedy === undefined ? {} : { remedy: row.remedy }),
  });
}

/** The web identity token is at fault: a new one may help, once. */
export function isStaleToken(error: unknown): boolean {
  const answer = readAwsAnswer(error);
  return answer.kind === 'refused' && hasCode(answer, staleToken);
}

const staleToken = new Set(['ExpiredToken', 'IDPRejectedClaim']);
const tokenRefused = new Set(['InvalidIdentityToken', ...staleToken]);
const transient = new Set([...throttled, 'IDPCommunicationError', 'ServiceUnavailable', 'InternalFailure']);

interface Row {
  readonly code: ErrorCode;
  readonly remedy?: string;
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
    case 'AssumeRole': {
      const id = step.externalId === undefined ? 'no external ID' : `external ID "${step.externalId}"`;
      return `AssumeRole of ${step.roleArn} in ${step.region} by ${step.caller} with ${id} and session name "${step.sessionName}"`;
    }
    case 'GetCallerIdentity':
      return `GetCallerIdentity in ${step.region} as ${step.roleArn}`;
  }
}

function refusedBy(step: StsStep, answer: AwsRefusal): Row {
  if (hasCode(answer, transient) || answer.status >= 500 || answer.status === 429) {
    return { code: 'sts-unavailable' };
  }
  if (hasCode(answer, new Set(['RegionDisabled']))) {
    return {
      code: 'sts-region-disabled',
      remedy: `Activate STS in ${step.region} in account ${accountOf(step.roleArn)} (for an opt-in region, enable the region in both accounts), or set AWS_STS_REGION to a region that is active there.`,
    };
  }
  if (step.action === 'AssumeRoleWithWebIdentity' && hasCode(answer, tokenRefused)) {
    return tokenRefusedRow(step);
  }
  if (hasCode(answer, expiredCredentials)) {
    return { code: 'credentials-expired', remedy: expiredCredentialsRemedy };
  }
  if (hasCode(answer, invalidCredentials)) {
    return { code: 'credentials-invalid', remedy: invalidCredentialsRemedy };
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

function unanswered(answer: AwsAnswer): Row {
  if (answer.kind === 'aborted') {
    return { code: 'slice-ended' };
  }
  return {
    code: 'sts-unavailable',
    remedy: 'If this lasts, check that this machine may reach STS of the region over HTTPS (DNS, firewall, proxy).',
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
    case 'GetCallerIdentity':
      return { code: 'sts-refused', remedy: 'Remove the service control policy that denies sts:GetCallerIdentity.' };
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

function externalIdStatement(caller: string, externalId: string | undefined): string {
  return JSON.stringify({
    Effect: 'Allow',
    Principal: { AWS: caller.startsWith('arn:') ? caller : '<ARN of the caller>' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId ?? '<workspace ID>' } },
  });
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '(unknown)';
}

import type { RequestContext } from './conditions.ts';
import type { Policy, Statement } from './policy.ts';
import type { PrincipalMatch, RequestPrincipal } from './principals.ts';

/** One question to the policies: may this principal do this to that, under these circumstances? */
export interface AccessRequest {
  readonly principal: RequestPrincipal;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** What one set of policies says by itself. */
export type Decision = 'allowed' | 'explicitly-denied' | 'implicitly-denied';

/** The policies that have a say, and in which account the resource lives. */
export interface Authority {
  readonly identity: readonly Policy[];
  /** Narrows the identity's policies for one session. */
  readonly session?: Policy;
  readonly resource?: Policy;
  readonly resourceAccount: string;
  /** KMS keys and roles: without a word of the resource's own policy nobody gets in, not even its own account. */
  readonly resourcePolicyDecides?: boolean;
}

/** The answer, and for a refusal the words AWS gives as its reason. */
export type Authorization = { readonly allowed: true } | { readonly allowed: false; readonly because: string };

/** What a list of policies says; principals are ignored where a statement names none. */
export function decide(policies: readonly Policy[], request: AccessRequest): Decision {
  return weigh(policies, request).decision;
}

/**
 * Joins identity, session and resource policies as IAM does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function authorize(authority: Authority, request: AccessRequest): Authorization {
  const { identity, session, resource, resourceAccount } = authority;
  const byIdentity = weigh(identity, request).decision;
  if (byIdentity === 'explicitly-denied') return refused('with an explicit deny in an identity-based policy');
  const bySession = session === undefined ? 'allowed' : weigh([session], request).decision;
  if (bySession === 'explicitly-denied') return refused('with an explicit deny in a session policy');
  const byResource = weigh(resource === undefined ? [] : [resource], request);
  if (byResource.decision === 'explicitly-denied') {
    return refused('with an explicit deny in a resource-based policy');
  }

  const identityAllows = byIdentity === 'allowed';
  const resourceAllows = byResource.decision === 'allowed';
  const sameAccount = request.principal.account === resourceAccount;
  // A resource policy that names the principal itself is enough within one account; naming the account only delegates.
  const resourceSuffices = resourceAllows && byResource.match === 'name' && sameAccount;
  const resourceNeeded = !sameAccount || authority.resourcePolicyDecides === true;

  if (!identityAllows && !resourceSuffices) return refused('because no identity-based policy allows', request.action);
  if (resourceNeeded && !resourceAllows) return refused('because no resource-based policy allows', request.action);
  if (bySession !== 'allowed') return refused('because no session policy allows', request.action);
  return { allowed: true };
}

interface Weighed {
  readonly decision: Decision;
  /** How the allowing statement met the principal. */
  readonly match: PrincipalMatch;
}

function weigh(policies: readonly Policy[], request: AccessRequest): Weighed {
  let match: PrincipalMatch = 'none';
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const met = meets(statement, request);
      if (met === 'none') continue;
      if (statement.effect === 'Deny') return { decision: 'explicitly-denied', match: met };
      if (match !== 'name') match = met;
    }
  }
  return { decision: match === 'none' ? 'implicitly-denied' : 'allowed', match };
}

function meets(statement: Statement, request: AccessRequest): PrincipalMatch {
  if (!statement.coversAction(request.action) || !statement.coversResource(request.resource)) return 'none';
  const match = statement.principal === undefined ? 'name' : statement.principal(request.principal);
  if (match === 'none') return 'none';
  return statement.conditions.every((condition) => condition(request.context)) ? match : 'none';
}

function refused(because: string, action?: string): Authorization {
  return { allowed: false, because: action === undefined ? because : `${because} the ${action} action` };
}

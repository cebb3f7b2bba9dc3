import { wildcard } from './wildcard.ts';

/** Who asks. `names` are the ARNs (or the service name) a policy can name it by; `account` is empty for services. */
export interface RequestPrincipal {
  readonly kind: 'AWS' | 'Service' | 'Federated';
  readonly names: readonly string[];
  readonly account: string;
}

/** How a policy's Principal element meets the caller: by name, through its account (which delegates to IAM), or not. */
export type PrincipalMatch = 'name' | 'account' | 'none';

/** A Principal element, ready to be asked. */
export type PrincipalTest = (principal: RequestPrincipal) => PrincipalMatch;

/** Reads a Principal (or NotPrincipal) element. */
export function readPrincipal(element: unknown, problems: string[]): PrincipalTest {
  if (element === '*') return () => 'name';
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    problems.push('Principal must be "*" or an object');
    return () => 'none';
  }
  const tests = Object.entries(element).flatMap(([kind, value]) =>
    (Array.isArray(value) ? value : [value]).map((name: unknown) => readOne(kind, name, problems)),
  );
  return (principal) => {
    let best: PrincipalMatch = 'none';
    for (const test of tests) {
      const match = test(principal);
      if (match === 'name') return 'name';
      if (match === 'account') best = 'account';
    }
    return best;
  };
}

function readOne(kind: string, name: unknown, problems: string[]): PrincipalTest {
  if (typeof name !== 'string' || !(kind in forms)) {
    problems.push(`Principal ${kind} ${JSON.stringify(name)} is not known`);
    return () => 'none';
  }
  if (kind === 'AWS') return readAws(name, problems);
  const form = forms[kind];
  if (form !== undefined && !form.test(name)) problems.push(`Principal ${kind} "${name}" is malformed`);
  return (principal) => (principal.kind === kind && principal.names.includes(name) ? 'name' : 'none');
}

function readAws(name: string, problems: string[]): PrincipalTest {
  if (name === '*') return () => 'name';
  if (!forms['AWS']?.test(name)) problems.push(`Principal AWS "${name}" is malformed`);
  const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
  if (account !== undefined) {
    return (principal) => (principal.kind === 'AWS' && principal.account === account ? 'account' : 'none');
  }
  // A wildcard inside an ARN is refused by IAM; it would not match anything here either.
  if (/[*?]/.test(name)) problems.push(`Principal AWS "${name}" must not hold a wildcard`);
  const matches = wildcard(name);
  return (principal) => (principal.kind === 'AWS' && principal.names.some(matches) ? 'name' : 'none');
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
const forms: Readonly<Record<string, RegExp>> = {
  AWS: /^(\*|\d{12}|arn:[a-z-]+:iam::\d{12}:(root|(role|user)\/.+)|arn:[a-z-]+:sts::\d{12}:assumed-role\/.+)$/,
  Federated: /^(arn:[a-z-]+:iam::\d{12}:(oidc-provider|saml-provider)\/.+|[a-z0-9.-]+)$/,
  Service: /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/,
};

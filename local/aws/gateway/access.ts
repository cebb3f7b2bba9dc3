import type { Attached } from '../scene/world.ts';
import type { Caller } from '../trust/credentials.ts';
import { type Authorization, authorize } from '../trust/iam/authorize.ts';
import type { RequestContext } from '../trust/iam/conditions.ts';

/** What is asked for, and who owns it. */
export interface Wish {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly owner: { readonly account: string; readonly policy?: Attached };
  readonly region: string;
  readonly now: number;
  readonly context?: RequestContext;
  readonly resourcePolicyDecides?: boolean;
}

/** Asks the caller's policies and the resource's own, with the context keys every request has. */
export function mayDo(wish: Wish): Authorization {
  const { caller, owner } = wish;
  const answer = authorize(
    {
      identity: caller.permissions(),
      ...(caller.sessionPolicy === undefined ? {} : { session: caller.sessionPolicy }),
      ...(owner.policy === undefined ? {} : { resource: owner.policy.policy }),
      resourceAccount: owner.account,
      resourcePolicyDecides: wish.resourcePolicyDecides ?? false,
    },
    {
      principal: caller.principal,
      action: wish.action,
      resource: wish.resource,
      context: {
        ...wish.context,
        'aws:principalarn': caller.principal.names[0] ?? caller.arn,
        'aws:principalaccount': caller.account,
        'aws:requestedregion': wish.region,
        'aws:currenttime': new Date(wish.now).toISOString(),
        // The loopback endpoint stands for the service's TLS endpoint.
        'aws:securetransport': 'true',
      },
    },
  );
  if (answer.allowed) caller.onUse?.(wish.action, wish.resource);
  return answer;
}

import type { Clock } from '../../../shared/words/clock.ts';
import { type ColumnIndex, indexColumns, type StreamColumn } from './streamColumns.ts';
import { type Admission, createTokenBucket, documentedRate, type RuleRate } from './tokenBucket.ts';
import { readTransform, type Transform } from './transform.ts';

/** A data collection rule as deployed. */
export interface RuleOptions {
  readonly immutableId: string;
  readonly streams: Readonly<Record<string, readonly StreamColumn[]>>;
  /** KQL by stream, for those whose rows do not go into their table as they are. */
  readonly transforms?: Readonly<Record<string, string>>;
  /** Principals with the role Monitoring Metrics Publisher on the rule. */
  readonly publishers: readonly string[];
}

/** The rules of the embedded cloud, their role assignments and their rates. */
export interface DataCollectionRules {
  find(immutableId: string): DeployedRule | undefined;
  /** Assigns the publisher role, effective from a time on (it spreads in up to 30 minutes), or at once. */
  grant(immutableId: string, principalId: string, from?: number): void;
  withhold(immutableId: string, principalId: string): void;
}

export interface DeployedStream {
  readonly columns: ColumnIndex;
  readonly transform?: Transform | undefined;
}

export interface DeployedRule {
  readonly streams: ReadonlyMap<string, DeployedStream>;
  mayPublish(principalId: string): boolean;
  admit(bytes: number): Admission;
}

export function createRules(
  rules: readonly RuleOptions[],
  clock: Clock,
  rate: Partial<RuleRate> | 'unlimited' = {},
): DataCollectionRules {
  const roles = new Map<string, Map<string, number>>();
  const deployed = new Map<string, DeployedRule>();
  for (const rule of rules) {
    const publishers = new Map(rule.publishers.map((principal) => [principal, Number.NEGATIVE_INFINITY]));
    const bucket = rate === 'unlimited' ? undefined : createTokenBucket({ ...documentedRate, ...rate }, clock.now());
    roles.set(rule.immutableId, publishers);
    deployed.set(rule.immutableId, {
      streams: new Map(
        Object.entries(rule.streams).map(([name, columns]) => [
          name,
          { columns: indexColumns(columns), transform: readTransform(rule.transforms?.[name] ?? 'source') },
        ]),
      ),
      mayPublish: (principalId) => (publishers.get(principalId) ?? Number.POSITIVE_INFINITY) <= clock.now(),
      admit: (bytes) => bucket?.(bytes, clock.now()) ?? { kind: 'admitted' },
    });
  }
  const rolesOf = (immutableId: string): Map<string, number> => {
    const found = roles.get(immutableId);
    if (!found) throw new RangeError(`there is no data collection rule ${immutableId}`);
    return found;
  };
  return {
    find: (immutableId) => deployed.get(immutableId),
    grant: (immutableId, principalId, from = Number.NEGATIVE_INFINITY) => {
      rolesOf(immutableId).set(principalId, from);
    },
    withhold: (immutableId, principalId) => {
      rolesOf(immutableId).delete(principalId);
    },
  };
}

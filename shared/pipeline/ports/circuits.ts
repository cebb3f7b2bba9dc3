import { type ErrorCode, isErrorCode } from '../../words/errors.ts';

/** What a circuit guards: the source (credentials, queue), a rule, or one bucket's failures of one code. */
export type CircuitName =
  | { readonly kind: 'source' }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly code: ErrorCode };

/** `source`, `rule/<id>` or `bucket/<name>/<code>`: as storage and telemetry write it. */
export type CircuitText = string;

export interface OpenCircuit {
  readonly name: CircuitName;
  readonly openedAt: number;
  readonly because: { readonly code: ErrorCode | 'bug'; readonly message: string; readonly remedy?: string };
  /** No probe before this time. */
  readonly nextProbeAt: number;
  readonly probes: number;
}

/** Objects of one bucket that failed alike with no success between: too few to open its circuit so far. */
export interface SuspectedBucket {
  readonly name: Extract<CircuitName, { kind: 'bucket' }>;
  /** A mark of each, without blanks. */
  readonly objects: readonly string[];
  /** When the last of them was added. */
  readonly at: number;
}

/** What was found by earlier slices and other instances. */
export interface KeptCircuits {
  readonly open: readonly OpenCircuit[];
  readonly suspected: readonly SuspectedBucket[];
}

/** Where circuits are remembered between slices and instances. Every call may throw ConnectorError 'storage-unavailable'. */
export interface CircuitStore {
  load(): Promise<KeptCircuits>;
  save(circuit: OpenCircuit): Promise<void>;
  /** Takes the place of what was known of that bucket and code, as an open circuit takes its. */
  suspect(bucket: SuspectedBucket): Promise<void>;
  /** Whether it is open or suspected. */
  remove(name: CircuitName): Promise<void>;
}

export function circuitText(name: CircuitName): CircuitText {
  switch (name.kind) {
    case 'source':
      return 'source';
    case 'rule':
      return `rule/${name.rule}`;
    case 'bucket':
      return `bucket/${name.bucket}/${name.code}`;
  }
}

/** Undefined for what `circuitText` does not write. */
export function circuitNamed(text: CircuitText): CircuitName | undefined {
  const [kind, name, code] = text.split('/');
  if (kind === 'source' && name === undefined) return { kind };
  if (kind === 'rule' && name !== undefined && code === undefined) return { kind, rule: name };
  if (kind === 'bucket' && name !== undefined && code !== undefined)
    return isErrorCode(code) ? { kind, bucket: name, code } : undefined;
  return undefined;
}

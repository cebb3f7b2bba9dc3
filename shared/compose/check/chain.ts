import { abortable } from '../../kit/abortable.ts';
import { masked } from '../../kit/mask.ts';
import type { Clock } from '../../words/clock.ts';
import { type Finding, failure, failureFrom, type Link } from './link.ts';

export interface LinkResult extends Finding {
  readonly name: string;
}

/** A whole check as plain data. */
export interface CheckReport {
  /** ISO time at which it began. */
  readonly at: string;
  /** True when no link failed. */
  readonly connected: boolean;
  /** The first link that failed: what to mend first. */
  readonly firstBroken?: string;
  readonly warnings: number;
  readonly links: readonly LinkResult[];
}

export interface WalkOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Told as each link is done. */
  readonly onResult?: (result: LinkResult) => void;
  /** The most that one link may take. */
  readonly linkMs?: number;
}

/** Longer than any request of a link with the wait for its connection, its token and its answer. */
const usualLinkMs = 45_000;

/** Looks at the links one after the other; what depends on a broken one is not tried. Never rejects. */
export async function walk(links: readonly Link[], options: WalkOptions): Promise<CheckReport> {
  const { clock, onResult = () => {}, linkMs = usualLinkMs } = options;
  const at = new Date(clock.now()).toISOString();
  const results: LinkResult[] = [];
  const unusable = new Set<string>();
  for (const link of links) {
    const missing = link.needs.find((name) => unusable.has(name));
    const finding = missing === undefined ? await look(link, linkMs) : skipped(missing);
    if (finding.status === 'failure' || finding.status === 'skipped') unusable.add(link.name);
    const result = { name: link.name, ...shownFinding(finding) };
    results.push(result);
    onResult(result);
  }
  const broken = results.find(({ status }) => status === 'failure');
  return {
    at,
    connected: broken === undefined,
    ...(broken === undefined ? {} : { firstBroken: broken.name }),
    warnings: results.filter(({ status }) => status === 'warning').length,
    links: results,
  };
}

async function look(link: Link, linkMs: number): Promise<Finding> {
  const signal = AbortSignal.timeout(linkMs);
  try {
    return await abortable(link.run(signal), signal);
  } catch (error) {
    return error === signal.reason
      ? failure(
          'no-answer',
          `nothing came within ${linkMs / 1000} seconds`,
          'Check that this machine may reach the service over HTTPS (DNS, firewall, proxy), and try again.',
        )
      : failureFrom(error);
  }
}

function skipped(missing: string): Finding {
  return { status: 'skipped', detail: `not tried, since it needs "${missing}"` };
}

/** Services' answers and policies are quoted: whatever looks like a secret in them is blotted out. */
function shownFinding({ detail, remedy, ...finding }: Finding): Finding {
  return { ...finding, detail: masked(detail), ...(remedy === undefined ? {} : { remedy: masked(remedy) }) };
}

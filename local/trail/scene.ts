import { address, type Caller, drawCaller, isoSeconds } from './callers.ts';
import type { Account } from './estate.ts';
import type { Random } from './random.ts';

/** The account, region and minutes that one log file tells about, and the things its records share. */
export interface Scene {
  readonly random: Random;
  readonly account: Account;
  readonly region: string;
  /** A caller; calls come in bursts of the same one. */
  caller(): Caller;
  eventTime(): string;
  /** Milliseconds since the epoch, for values inside records. */
  readonly from: number;
  readonly to: number;
  key(): string;
  instance(): string;
  privateAddress(): string;
  publicAddress(): string;
  arn(service: string, resource: string): string;
}

/** Records complete between `from` and `to`, in milliseconds since the epoch. */
export function createScene(
  random: Random,
  place: { readonly account: Account; readonly region: string; readonly from: number; readonly to: number },
): Scene {
  const { account, region, from, to } = place;
  const middle = (from + to) / 2;
  const callers = pool(random, 24, () => drawCaller(random, account.id, middle));
  const keys = pool(random, 6, () => `arn:aws:kms:${region}:${account.id}:key/${random.uuid()}`);
  const instances = pool(random, 30, () => `i-0${random.hex(16)}`);
  const addresses = pool(random, 20, () => address(random));
  let current: Caller | undefined;
  return {
    random,
    account,
    region,
    from,
    to,
    caller: () => {
      if (current === undefined || random.chance(0.3)) current = callers();
      return current;
    },
    eventTime: () => isoSeconds(from + random.below(to - from)),
    key: keys,
    instance: instances,
    privateAddress: () => `10.${random.below(4)}.${random.below(256)}.${1 + random.below(254)}`,
    publicAddress: addresses,
    arn: (service, resource) => `arn:aws:${service}:${region}:${account.id}:${resource}`,
  };
}

/** Draws from a few things made when first needed, so that a file of three records does not pay for thirty. */
function pool<T>(random: Random, size: number, make: () => T): () => T {
  const made = new Map<number, T>();
  return () => {
    const index = Math.floor(size * random.next() ** 2);
    const known = made.get(index);
    if (known !== undefined) return known;
    const fresh = make();
    made.set(index, fresh);
    return fresh;
  };
}

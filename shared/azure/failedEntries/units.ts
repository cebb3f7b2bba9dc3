import { createHash } from 'node:crypto';
import type { UnitName } from '../../pipeline/ports/unit.ts';
import type { Entity } from '../storage/table.ts';

/** More of one delivery are counted only: its entry is closed when the delivery itself is replayed. */
const mostNamed = 1_000;

/** Which units of a delivery have failed. Without any, nothing but a replay of the delivery closes its entry. */
export function failedUnits(units: readonly UnitName[]) {
  const isNamed = units.length <= mostNamed;
  return { failedUnits: units.length, openUnits: isNamed ? units.map(shortName).join(',') : '' };
}

/** The entry's units without this one; undefined when it names no such unit. */
export function withoutUnit({ openUnits }: Entity, unit: UnitName): { readonly openUnits: string } | undefined {
  const open = typeof openUnits === 'string' ? openUnits.split(',') : [];
  const name = shortName(unit);
  return open.includes(name) ? { openUnits: open.filter((each) => each !== name).join(',') } : undefined;
}

/** 72 bits of a hash: a property has room for 32,000 characters. */
function shortName({ scope, name }: UnitName): string {
  return createHash('sha256')
    .update(JSON.stringify([scope, name]))
    .digest('base64url')
    .slice(0, 12);
}

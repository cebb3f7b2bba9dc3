import type { LedgerStore, LedgerWrite } from '../../pipeline/ports/ledgerStore.ts';
import type { NamedUnit } from '../../pipeline/ports/unit.ts';
import type { EntityKey, Table, Written } from '../storage/table.ts';
import { entryOf, propertiesOf } from './entity.ts';
import { entryKeys, type LedgerScope } from './entryKey.ts';
import { expiry } from './expiry.ts';
import { groupCommit } from './groupCommit.ts';

/** Ledger entries in a table. What is written together travels together. */
export function tableStore(table: Table, scope: LedgerScope, time: { now(): number }): LedgerStore {
  const keyOf = entryKeys(scope);
  const commit = groupCommit(table);
  return {
    read: async (unit) => {
      const found = await table.read(keyOf(unit));
      return found === undefined ? undefined : { entry: entryOf(found.entity, found.writtenAt), version: found.etag };
    },
    insert: async (unit, source, change) => {
      const entity = { ...named(keyOf(unit), unit, source), ...propertiesOf(change) };
      return writeOf(await commit({ kind: 'insert', entity }));
    },
    merge: async (unit, source, change, version) => {
      const entity = { ...keyOf(unit), source, ...propertiesOf(change) };
      return writeOf(await commit({ kind: 'merge', entity, etag: version }));
    },
    now: () => time.now(),
    purgeExpired: expiry(table),
  };
}

/** Where the entry is and what it is about, for a person looking into the table. */
function named(key: EntityKey, { scope, name }: NamedUnit, source: string) {
  return { ...key, bucket: scope, objectKey: name, source };
}

function writeOf(written: Written): LedgerWrite {
  switch (written.kind) {
    case 'written':
      return { kind: 'written', version: written.etag };
    case 'missing':
      return { kind: 'missing' };
    case 'exists':
    case 'changed':
      return { kind: 'contested' };
  }
}

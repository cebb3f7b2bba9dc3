import { renameSync, writeFileSync } from 'node:fs';

/** What `.local/run.json` says about a running local set-up, for people and scripts. */
export interface RunFile {
  readonly pids: { readonly supervisor: number; readonly host: number; readonly storage: number };
  /** Processes of the functions, by name. */
  readonly functions: Readonly<Record<string, readonly number[]>>;
  readonly endpoints: Readonly<Record<'aws' | 'ingestion' | 'identity' | 'storage' | 'host', string>>;
  /** What its HTTP functions ask for: in the header x-functions-key, or as ?code=. */
  readonly functionKey?: string;
  readonly queueUrl: string;
  readonly bucket: string;
  /** The table's rows, or null when they are only counted. */
  readonly table: string | null;
  /** What the functions were told, so that other commands can work with the same clouds. */
  readonly appSettings: Readonly<Record<string, string>>;
}

/** Put in its place whole at every change, so that a reader never sees half of it. */
export function writeRunFile(path: string, run: RunFile): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(run, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

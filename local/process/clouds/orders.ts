import type { CloudsOptions } from '../../clouds.ts';

/** What clouds in a process of their own are started with: one JSON argument. */
export type CloudsProcessOptions = Pick<CloudsOptions, 'folder' | 'mode' | 'rules' | 'rate'>;

/** What they are told to do; every order is answered by a look. */
export type CloudsOrder =
  /** Puts so many copies of a folder's first log files into the bucket, unannounced. */
  | { readonly kind: 'store'; readonly folder: string; readonly files: number; readonly copies: number }
  /** Announces the next of the stored objects, each with a message of its own. */
  | { readonly kind: 'announce'; readonly objects: number }
  /** Delays every answer of the ingestion endpoint and of these services, and no other. */
  | { readonly kind: 'latency'; readonly ms: number; readonly services: readonly ('s3' | 'sqs' | 'sts')[] }
  /** Forgets what was announced and not taken. */
  | { readonly kind: 'purge' }
  | { readonly kind: 'look' };

/** Their counters at a moment. */
export interface CloudsLook {
  readonly at: number;
  /** Of the clouds' own process. */
  readonly cpuMs: number;
  readonly objectsRead: number;
  readonly awsRequests: number;
  readonly uploads: number;
  /** Uploads that were answered otherwise than by 204. */
  readonly uploadsRefused: number;
  readonly rows: number;
  readonly rowBytes: number;
  readonly rowBytesOfRules: readonly number[];
  /** Messages that wait or are in flight. */
  readonly messagesLeft: number;
  /** Messages that a delete took out of the queue. */
  readonly messagesDeleted: number;
  readonly deadLetters: number;
  readonly appSettings: Readonly<Record<string, string>>;
  /** Of the accepted rows, in mode `keep`. */
  readonly tableFile: string;
}

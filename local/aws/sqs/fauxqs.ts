import { type BuildAppOptions, buildApp } from 'fauxqs';

/** The object store and the queue store of fauxqs, by the types its public options give them. */
export type Stores = NonNullable<BuildAppOptions['stores']>;
export type ObjectStore = Stores['s3Store'];
export type QueueStore = Stores['sqsStore'];
export type Queue = ReturnType<QueueStore['createQueue']>;
export type QueueMessage = Queue['messages'][number];
export type StoredObject = ReturnType<ObjectStore['headObject']>;
export type ObjectPersistence = NonNullable<ObjectStore['persistence']>;

/** fauxqs as a request handler without a socket of its own. */
export interface Fauxqs {
  readonly app: ReturnType<typeof buildApp>;
  readonly stores: Stores;
  readonly createMessage: (body: string) => QueueMessage;
}

/**
 * Builds fauxqs inside this process. Its own start function listens on every network interface; without a socket
 * only our gateway, on loopback, can reach it, and a request costs one hop instead of two.
 *
 * Its time is `Date.now()`; `queueClock.ts` moves its deadlines when the embedded cloud's clock moves otherwise.
 */
export async function buildFauxqs(region: string): Promise<Fauxqs> {
  const stores = await makeStores();
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  await app.ready();
  const { createMessage } = stores.sqsStore.constructor as unknown as Pick<Fauxqs, 'createMessage'>;
  return { app, stores, createMessage: (body) => createMessage(body) };
}

/** `buildApp` takes stores but the package does not export their classes, so they are loaded from beside it. */
async function makeStores(): Promise<Stores> {
  const home = import.meta.resolve('fauxqs');
  const [sqs, sns, s3] = await Promise.all([
    import(new URL('./sqs/sqsStore.js', home).href) as Promise<{ SqsStore: new () => Stores['sqsStore'] }>,
    import(new URL('./sns/snsStore.js', home).href) as Promise<{ SnsStore: new () => Stores['snsStore'] }>,
    import(new URL('./s3/s3Store.js', home).href) as Promise<{ S3Store: new () => Stores['s3Store'] }>,
  ]);
  return { sqsStore: new sqs.SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() };
}

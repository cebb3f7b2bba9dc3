/** What the clouds are asked; each is answered by a message of the same type. */
export type ToClouds =
  /** Empties the queue, then puts so many objects into the bucket and announces them. */
  | { readonly type: 'feed'; readonly seed: string; readonly objects: number }
  /** Delays every answer of AWS and of the destination. */
  | { readonly type: 'latency'; readonly ms: number }
  /** How many messages are in the queue, in flight included, and how many dead letters there are. */
  | { readonly type: 'waiting' }
  /** Compares the table with what was fed last. */
  | { readonly type: 'compare' };

export type FromClouds =
  | { readonly type: 'ready'; readonly appSettings: Readonly<Record<string, string>> }
  | { readonly type: 'feed' }
  | { readonly type: 'latency' }
  | { readonly type: 'waiting'; readonly messages: number; readonly deadLetters: number }
  | { readonly type: 'compare'; readonly lost: number; readonly duplicated: number };

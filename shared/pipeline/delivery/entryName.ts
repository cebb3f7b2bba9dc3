import { createHash } from 'node:crypto';

/** Names the failed entry of a delivery with this body. To be asked for once a delivery: a body may be 1 MiB. */
export function entryName(body: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['message', body]))
    .digest('base64url')
    .slice(0, 32);
}

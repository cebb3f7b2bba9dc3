import { isStaleSession } from './codes.ts';
import type { SourceCredentials } from './sourceCredentials.ts';
import type { AwsSession } from './stsActions.ts';

/**
 * Runs one request under the source's session. When AWS no longer takes that session, it is dropped, the role assumed
 * again, and the request sent once more: nothing was done by the refused one.
 */
export async function withSession<T>(
  credentials: SourceCredentials,
  signal: AbortSignal | undefined,
  send: (session: AwsSession) => Promise<T>,
): Promise<T> {
  const session = await credentials.session(signal);
  try {
    return await send(session);
  } catch (error) {
    if (!isStaleSession(error)) {
      throw error;
    }
    credentials.invalidate(session);
    return await send(await credentials.session(signal));
  }
}

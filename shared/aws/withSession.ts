import { isStaleSession } from './credentialCodes.ts';
import type { SourceCredentials } from './sourceCredentials.ts';

/**
 * Runs one request under the source's session. When AWS no longer takes that session, it is dropped, the role assumed
 * again, and the request sent once more: the SDK does not do that by itself, and nothing was done by the refused request.
 */
export async function withSession<T>(
  credentials: SourceCredentials,
  signal: AbortSignal | undefined,
  send: () => Promise<T>,
): Promise<T> {
  const session = await credentials.session(signal);
  try {
    return await send();
  } catch (error) {
    if (!isStaleSession(error)) {
      throw error;
    }
    credentials.invalidate(session);
    await credentials.session(signal);
    return await send();
  }
}

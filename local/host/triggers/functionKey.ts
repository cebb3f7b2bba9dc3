import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** How the key comes to the host's process: not by its arguments, which everybody on the machine may list. */
export const functionKeyVariable = 'LOCAL_HOST_FUNCTION_KEY';

/** The key, taken out of the environment: the app's processes do not get it. @throws Error when there is none. */
export function takeFunctionKey(environment: NodeJS.ProcessEnv): string {
  const key = environment[functionKeyVariable];
  delete environment[functionKeyVariable];
  if (key === undefined || key === '') throw new Error(`${functionKeyVariable} is missing`);
  return key;
}

/** https://learn.microsoft.com/azure/azure-functions/function-keys-how-to: in a header, or in the query. */
export function hasKey(request: IncomingMessage, url: URL, key: string): boolean {
  const header = request.headers['x-functions-key'];
  const shown = typeof header === 'string' ? header : url.searchParams.get('code');
  return shown !== null && timingSafeEqual(hash('sha256', shown, 'buffer'), hash('sha256', key, 'buffer'));
}

import { type AskedProcess, startAsked } from '../asked.ts';
import type { CloudsLook, CloudsOrder, CloudsProcessOptions } from './orders.ts';

/** The embedded clouds in a process of their own, so that who is measured does not share their event loop. */
export type CloudsProcess = AskedProcess<CloudsOrder, CloudsLook>;

const script = new URL('./script.ts', import.meta.url);

/** @throws Error when they do not start */
export function startCloudsProcess(options: CloudsProcessOptions): Promise<CloudsProcess> {
  return startAsked<CloudsOrder, CloudsLook>(script, [JSON.stringify(options)]);
}

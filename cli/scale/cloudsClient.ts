import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromClouds, ToClouds } from './cloudMessages.ts';

/** The clouds of another process. */
export interface RemoteClouds {
  readonly appSettings: Readonly<Record<string, string>>;
  ask<Type extends ToClouds['type']>(
    message: Extract<ToClouds, { type: Type }>,
  ): Promise<Extract<FromClouds, { type: Type }>>;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('./cloudsProcess.ts', import.meta.url));

/** Starts the clouds; one question at a time. */
export async function startRemoteClouds(folder: string): Promise<RemoteClouds> {
  const child = fork(script, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`the clouds ended with ${code ?? signal}`)));
  });
  // Whoever asks hears of it; without a question nobody needs to.
  exited.catch(() => undefined);
  const next = (): Promise<FromClouds> =>
    Promise.race([new Promise<FromClouds>((resolve) => child.once('message', resolve)), exited]);
  const ready = await next();
  if (ready.type !== 'ready') throw new Error(`the clouds began with "${ready.type}"`);
  return {
    appSettings: ready.appSettings,
    async ask<Type extends ToClouds['type']>(message: Extract<ToClouds, { type: Type }>) {
      const answered = next();
      child.send(message);
      return (await answered) as Extract<FromClouds, { type: Type }>;
    },
    async stop() {
      const answered = next();
      child.send({ type: 'stop' });
      await answered;
      child.disconnect();
    },
  };
}

import { startAsked } from '../../local/process/askedProcess.ts';
import type { FromClouds, ToClouds } from './cloudMessages.ts';

/** The clouds of another process. */
export interface RemoteClouds {
  readonly appSettings: Readonly<Record<string, string>>;
  ask<Type extends ToClouds['type']>(
    message: Extract<ToClouds, { type: Type }>,
  ): Promise<Extract<FromClouds, { type: Type }>>;
  stop(): Promise<void>;
}

const script = new URL('./cloudsProcess.ts', import.meta.url);

/** Starts the clouds; one question at a time. @throws Error when they do not start */
export async function startRemoteClouds(folder: string): Promise<RemoteClouds> {
  const clouds = await startAsked<ToClouds, FromClouds>(script, [folder]);
  if (clouds.first.type !== 'ready') throw new Error(`the clouds began with "${clouds.first.type}"`);
  return {
    appSettings: clouds.first.appSettings,
    ask: async <Type extends ToClouds['type']>(message: Extract<ToClouds, { type: Type }>) =>
      (await clouds.ask(message)) as Extract<FromClouds, { type: Type }>,
    stop: () => clouds.end(),
  };
}

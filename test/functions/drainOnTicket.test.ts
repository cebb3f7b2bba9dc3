import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { InvocationContext } from '@azure/functions';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EmbeddedClouds, startEmbeddedClouds } from './embeddedClouds.ts';

/** A new process as far as the trigger can tell: nothing composed yet. */
async function startedApp() {
  vi.resetModules();
  const { drainOnTicket } = await import('../../functions/drainOnTicket.ts');
  return drainOnTicket;
}

function invocation() {
  const lines: string[] = [];
  const context = new InvocationContext({
    functionName: 'drainOnTicket',
    logHandler: (_level, ...args) => void lines.push(String(args[0])),
  });
  return { context, lines };
}

describe('drainOnTicket', () => {
  let clouds: EmbeddedClouds;
  const authorities = getCACertificates();

  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
    setDefaultCACertificates([...authorities, clouds.ingestion.ca]);
  });
  const configure = (changed: Readonly<Record<string, string>> = {}) => {
    for (const [name, value] of Object.entries({ ...clouds.environment, ...changed })) vi.stubEnv(name, value);
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    process.removeAllListeners('SIGTERM');
  });
  afterAll(async () => {
    setDefaultCACertificates(authorities);
    await clouds.stop();
  });

  it('drains one slice of the source that the ticket names', async () => {
    configure();
    await clouds.deliver('ticket', ['by-ticket']);
    const { context } = invocation();
    await (await startedApp())({ source: 'default', expires: Date.now() + 60_000 }, context);
    expect(await clouds.arrived()).toContain('by-ticket');
  });

  it.each([
    ['expired', { source: 'default', expires: 1 }, /too late/],
    ['for a source that is gone', { source: 'gone', expires: 9e15 }, /no source/],
    ['no ticket at all', 'hello', /no source/],
  ])('lets a message that is %s pass without work', async (_what, ticket, said) => {
    configure();
    const { context, lines } = invocation();
    await (await startedApp())(ticket, context);
    expect(lines.filter((line) => !line.includes('storage-missing'))).toEqual([expect.stringMatching(said)]);
  });

  it('never throws, not even for settings that are missing', async () => {
    configure({ WORKSPACE_ID: '' });
    const { context, lines } = invocation();
    await (await startedApp())({ source: 'default', expires: 9e15 }, context);
    expect(lines.join()).toMatch(/WORKSPACE_ID/);
  });
});

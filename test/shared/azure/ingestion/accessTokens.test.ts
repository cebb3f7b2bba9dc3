import { describe, expect, it } from 'vitest';
import { cachedAccessTokens } from '../../../../shared/azure/ingestion/accessTokens.ts';

const hour = 3_600_000;

/** Gives tokens good for an hour, unless told to fail. */
function identity() {
  const self = {
    now: 0,
    asked: 0,
    fails: false,
    clock: { now: () => self.now, sleep: () => Promise.resolve() },
    credential: {
      getToken: async () => {
        self.asked += 1;
        if (self.fails) {
          throw new Error('unreachable');
        }
        return { token: `token-${self.asked}`, expiresOnTimestamp: self.now + hour };
      },
    },
  };
  return self;
}

const tokensOf = (given: ReturnType<typeof identity>) =>
  cachedAccessTokens({ credential: given.credential, clock: given.clock, scope: 'scope' });

/** Lets promises settle that nobody holds. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('cachedAccessTokens', () => {
  it('asks once for all who wait', async () => {
    const given = identity();
    const tokens = tokensOf(given);

    expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(['token-1', 'token-1', 'token-1']);
    expect(given.asked).toBe(1);
  });

  it('renews in the background before the end, and hands the good token out meanwhile', async () => {
    const given = identity();
    const tokens = tokensOf(given);
    await tokens.get();
    given.now = hour - 180_000;

    expect(await tokens.get()).toBe('token-1');
    await settled();
    expect(await tokens.get()).toBe('token-2');
  });

  it('keeps using a good token while renewals fail, asking every 30 seconds', async () => {
    const given = identity();
    const tokens = tokensOf(given);
    await tokens.get();
    given.now = hour - 180_000;
    given.fails = true;

    expect([await tokens.get(), await tokens.get()]).toEqual(['token-1', 'token-1']);
    await settled();
    expect(given.asked).toBe(2);
    given.now += 30_000;
    await tokens.get();
    await settled();
    expect(given.asked).toBe(3);
  });

  it('tells the failure once the token is about to end', async () => {
    const given = identity();
    const tokens = tokensOf(given);
    await tokens.get();
    given.now = hour - 29_000;
    given.fails = true;

    await expect(tokens.get()).rejects.toThrow('unreachable');
  });

  it('asks again after a token was forgotten, and only when it was the one held', async () => {
    const given = identity();
    const tokens = tokensOf(given);
    const first = await tokens.get();
    tokens.forget('another');
    expect(await tokens.get()).toBe('token-1');

    tokens.forget(first);

    expect(await tokens.get()).toBe('token-2');
  });

  it('stops waiting when the signal aborts, while the request goes on for others', async () => {
    const answer = Promise.withResolvers<{ token: string; expiresOnTimestamp: number }>();
    const tokens = cachedAccessTokens({
      credential: { getToken: () => answer.promise },
      clock: identity().clock,
      scope: 'scope',
    });
    const slice = new AbortController();
    const impatient = tokens.get(slice.signal);
    const patient = tokens.get();

    slice.abort(new Error('over'));
    await expect(impatient).rejects.toThrow('over');
    answer.resolve({ token: 'late', expiresOnTimestamp: hour });

    expect(await patient).toBe('late');
  });

  it('gives up a credential that never answers', async () => {
    const tokens = cachedAccessTokens({
      credential: { getToken: () => new Promise(() => undefined) },
      clock: identity().clock,
      scope: 'scope',
      timeoutMs: 10,
    });

    await expect(tokens.get()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('refuses a credential without a token', async () => {
    const tokens = cachedAccessTokens({
      credential: { getToken: async () => null },
      clock: identity().clock,
      scope: 'scope',
    });

    await expect(tokens.get()).rejects.toThrow('no token');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskedProcess, startAsked } from '../../../local/process/asked.ts';

interface Order {
  readonly double?: number;
  readonly exit?: number;
}

interface Look {
  readonly doubled: number;
}

const script = new URL('../../fixtures/askedChild.ts', import.meta.url);

describe('startAsked', () => {
  let child: AskedProcess<Order, Look>;
  beforeEach(async () => {
    child = await startAsked<Order, Look>(script, []);
  });
  afterEach(() => child.end());

  it('gives each question its own answer', async () => {
    expect(child.first).toEqual({ doubled: 0 });
    expect(await child.ask({ double: 2 })).toEqual({ doubled: 4 });
    expect(await child.ask({ double: 5 })).toEqual({ doubled: 10 });
  });

  it('refuses a question while another has no answer, and takes it afterwards', async () => {
    const first = child.ask({ double: 2 });
    await expect(child.ask({ double: 5 })).rejects.toThrow('one question at a time');
    expect(await first).toEqual({ doubled: 4 });
    expect(await child.ask({ double: 5 })).toEqual({ doubled: 10 });
  });

  it('says that the process ended instead of answering', async () => {
    await expect(child.ask({ exit: 3 })).rejects.toThrow('askedChild.ts ended with 3');
    await expect(child.ask({ double: 1 })).rejects.toThrow('one question at a time');
  });
});

it('says when the process ends before it is ready', async () => {
  await expect(startAsked(script, ['broken'])).rejects.toThrow('askedChild.ts ended with 4');
});

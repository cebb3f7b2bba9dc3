import { describe, expect, it } from 'vitest';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';

const none = { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 };

function timerAt() {
  const clock = { at: 0, now: () => clock.at };
  return { clock, timer: new SliceTimer(clock) };
}

describe('SliceTimer', () => {
  it('counts a moment for the one thing that all else waits for', () => {
    const { clock, timer } = timerAt();
    clock.at = 5;
    for (const activity of ['receive', 'read', 'upload', 'delete'] as const) {
      const end = timer.begin(activity);
      clock.at += 10;
      end();
    }
    expect(timer.summary()).toEqual({ ...none, nothing: 5, receiving: 10, oneRead: 10, oneUpload: 10, deleting: 10 });
  });

  it('counts work side by side as soon as two files or bodies are under way, whatever waits beside them', () => {
    const { clock, timer } = timerAt();
    const ends = [timer.begin('receive'), timer.begin('read'), timer.begin('upload')];
    clock.at = 7;
    ends[2]?.();
    ends[2]?.();
    clock.at = 9;
    expect(timer.summary()).toEqual({ ...none, sideBySide: 7, oneRead: 2 });
  });

  it('ends with the work, also when that fails', async () => {
    const { clock, timer } = timerAt();
    await expect(timer.during('delete', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    clock.at = 3;
    expect(timer.summary()).toEqual({ ...none, nothing: 3 });
  });
});

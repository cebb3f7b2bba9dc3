import type { Clock } from '../../words/clock.ts';
import type { SliceTime } from '../../words/events.ts';

/** What may be under way in a slice. */
export type Activity = 'read' | 'upload' | 'receive' | 'delete';

/**
 * Tells where the time of a slice goes. Every moment counts once: for work side by side as soon as two log files or bodies
 * are under way, otherwise for the one thing that all else waits for.
 */
export class SliceTimer {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #underWay: Record<Activity, number> = { read: 0, upload: 0, receive: 0, delete: 0 };
  readonly #spent = { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 };
  #since: number;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** The answer ends it, once. */
  begin(activity: Activity): () => void {
    this.#count();
    this.#underWay[activity] += 1;
    let isUnderWay = true;
    return () => {
      if (!isUnderWay) return;
      isUnderWay = false;
      this.#count();
      this.#underWay[activity] -= 1;
    };
  }

  async during<Answer>(activity: Activity, work: () => Promise<Answer>): Promise<Answer> {
    const end = this.begin(activity);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** In whole milliseconds, up to now. */
  summary(): SliceTime {
    this.#count();
    const { sideBySide, oneRead, oneUpload, receiving, deleting, nothing } = this.#spent;
    return {
      sideBySide: Math.round(sideBySide),
      oneRead: Math.round(oneRead),
      oneUpload: Math.round(oneUpload),
      receiving: Math.round(receiving),
      deleting: Math.round(deleting),
      nothing: Math.round(nothing),
    };
  }

  #count(): void {
    const now = this.#clock.now();
    this.#spent[this.#kind()] += now - this.#since;
    this.#since = now;
  }

  #kind(): keyof SliceTime {
    const { read, upload, receive, delete: deletes } = this.#underWay;
    if (read + upload > 1) return 'sideBySide';
    if (read > 0) return 'oneRead';
    if (upload > 0) return 'oneUpload';
    if (receive > 0) return 'receiving';
    return deletes > 0 ? 'deleting' : 'nothing';
  }
}

import { describe, expect, it } from 'vitest';
import { beforeDay, beforeMinute, minuteAtTime, minuteOf } from '../../../../shared/cloudtrail/listing/position.ts';

const folder = 'AWSLogs/111111111111/CloudTrail/eu-west-1/';
const at = (time: string): number => minuteAtTime(Date.parse(time));
const key = (time: string, unique = 'Ab3dE6gH8jK0lMn2'): string =>
  `${folder}${time.slice(0, 10).replaceAll('-', '/')}/111111111111_CloudTrail_eu-west-1_${time.replace(/[-:]/g, '')}_${unique}.json.gz`;

describe('position', () => {
  it('lies before a day and behind the day before', () => {
    const position = beforeDay(folder, at('2026-11-01T13:00:00Z'));
    expect(key('2026-11-01T00:00Z') > position).toBe(true);
    expect(key('2026-10-31T23:59Z', 'zzzzzzzzzzzzzzzz') < position).toBe(true);
  });

  it('lies before a minute and behind the minute before, on an earlier day, too', () => {
    const newest = key('2026-11-01T00:05Z');
    for (const minute of ['2026-11-01T00:04Z', '2026-10-31T23:55Z']) {
      const position = beforeMinute(folder, newest, at(minute));
      expect(key(minute, '0') > position).toBe(true);
      expect(key(new Date((at(minute) - 1) * 60_000).toISOString().replace(':00.000', ''), 'zz') < position).toBe(true);
    }
  });

  it('reads the minute of delivery from the name, and the day from the folder where the name tells none', () => {
    expect(minuteOf(folder, key('2026-11-01T00:05Z'))).toBe(at('2026-11-01T00:05:00Z'));
    expect(minuteOf(folder, `${folder}2026/11/01/copy.json.gz`)).toBe(at('2026-11-01T00:00:00Z'));
    expect(minuteOf(folder, `${folder}2026/11/01/x_20269999T9999Z_y.json.gz`)).toBe(at('2026-11-01T00:00:00Z'));
    expect(minuteOf(folder, `${folder}notes.txt`)).toBeUndefined();
  });

  it('lies before the day where names tell no time', () => {
    expect(beforeMinute(folder, `${folder}2026/11/01/copy.json.gz`, at('2026-11-01T00:04Z'))).toBe(
      `${folder}2026/11/01`,
    );
  });
});

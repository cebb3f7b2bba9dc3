import { describe, expect, it } from 'vitest';
import { isSchedule, longestPauseMs } from '../../../shared/settings/schedule.ts';

describe('isSchedule', () => {
  it.each([
    '0 * * * * *',
    '*/30 * * * * *',
    '0 */5 * * * *',
    '0 0 9-17 * * Mon-Fri',
    '0 30 9 * Jan,July Mon',
    '0,30 5/10 0 1 12 0',
    '59 59 23 31 12 6',
  ])('takes %s', (text) => {
    expect(isSchedule(text)).toBe(true);
  });

  it.each([
    '',
    '* * * * *',
    '* * * * * * *',
    '60 * * * * *',
    '* 60 * * * *',
    '* * 24 * * *',
    '* * * 0 * *',
    '* * * * 13 *',
    '* * * * * 7',
    '*/0 * * * * *',
    '5-1 * * * * *',
    '1- * * * * *',
    '1,,2 * * * * *',
    '- * * * * *',
    'Mon * * * * *',
    '* * * * * Mo',
    '00:05:00',
    '@hourly',
  ])('refuses %j', (text) => {
    expect(isSchedule(text)).toBe(false);
  });
});

describe('longestPauseMs', () => {
  const monday = Date.UTC(2026, 10, 30);
  const minute = 60_000;

  it.each([
    ['0 * * * * *', 1],
    ['*/10 * * * * *', 1],
    ['0 */5 * * * *', 5],
    ['0 5/15 * * * *', 15],
    ['0 0,10 * * * *', 50],
    ['0 0 8-18 * * *', 14 * 60],
    ['0 0 8 * * mon-fri', 3 * 24 * 60],
    ['0 0 0 1 1 *', 8 * 24 * 60],
  ])('%s leaves at most %d minutes', (schedule, minutes) => {
    expect(longestPauseMs(schedule, monday)).toBe(minutes * minute);
  });
});

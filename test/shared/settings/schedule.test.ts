import { describe, expect, it } from 'vitest';
import { isSchedule } from '../../../shared/settings/schedule.ts';

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

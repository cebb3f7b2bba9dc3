/** Minutes since the epoch. */
export type Minute = number;

const minuteMs = 60_000;

/**
 * A place in the order of a folder's keys, before every file that was delivered on that day or later: days are folders,
 * and sort as they follow each other.
 */
export function beforeDay(folder: string, minute: Minute): string {
  return `${folder}${dayPath(minute)}`;
}

/** When the file was delivered, as its name says; else the beginning of the day it lies in; undefined outside of days. */
export function minuteOf(folder: string, key: string): Minute | undefined {
  const [, year, month, day, file = ''] = /^(\d{4})\/(\d\d)\/(\d\d)\/(.*)$/s.exec(key.slice(folder.length)) ?? [];
  if (year === undefined) return undefined;
  const [, date, hour, minute] = nameTime.exec(file) ?? [];
  const named = date === undefined ? Number.NaN : minuteAt(date, `${hour}:${minute}`);
  const found = Number.isNaN(named) ? minuteAt(`${year}${month}${day}`, '00:00') : named;
  return Number.isNaN(found) ? undefined : found;
}

/**
 * A place before every file of this minute or later, in the names of which `like` is one: what comes before the time is the
 * same in all of them. Before the minute's day where the name tells no time.
 */
export function beforeMinute(folder: string, like: string, minute: Minute): string {
  const file = like.slice(like.lastIndexOf('/') + 1);
  const at = nameTime.exec(file)?.index;
  const day = beforeDay(folder, minute);
  return at === undefined ? day : `${day}/${file.slice(0, at + 1)}${compact(minute)}`;
}

export function minuteAtTime(time: number): Minute {
  return Math.floor(time / minuteMs);
}

/** `…_20261101T0005Z_…`: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const nameTime = /_(\d{8})T(\d\d)(\d\d)Z_/;

function minuteAt(date: string, time: string): Minute {
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time}:00Z`) / minuteMs;
}

function dayPath(minute: Minute): string {
  return isoOf(minute).slice(0, 10).replaceAll('-', '/');
}

/** `20261101T0005`. */
function compact(minute: Minute): string {
  return isoOf(minute).slice(0, 16).replace(/[-:]/g, '');
}

function isoOf(minute: Minute): string {
  return new Date(minute * minuteMs).toISOString();
}

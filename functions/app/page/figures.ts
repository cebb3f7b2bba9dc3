import { durationText } from '../../../shared/pipeline/status/duration.ts';
import { html, type Markup } from './html.ts';

export type Format = (value: number) => string;

/** Such as 1,234,567. */
export const countText: Format = (value) => Math.round(value).toLocaleString('en-US');

/** Such as "1.2 GB": decimal, as Azure bills. */
export const bytesText: Format = (value) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
};

/** Such as "1 min 40 s". */
export const lagText: Format = (ms) => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** A moment, and how long ago it was. */
export function moment(at: number | undefined, now: number): Markup {
  if (at === undefined) return html`never`;
  const iso = new Date(at).toISOString();
  const ago = now - at < 1000 ? 'now' : `${durationText(now - at)} ago`;
  return html`<time datetime="${iso}" title="${iso}">${ago}</time>`;
}

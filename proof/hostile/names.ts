import { hostileFiles } from './cases.ts';
import { hostileMessages } from './messages.ts';

/** The case that all others are held against. */
export const usual = 'usual records';

/** Every case, as the command takes it and the table of docs/performance.md names it. */
export const hostileNames: readonly string[] = [
  usual,
  ...Object.keys(hostileFiles),
  ...Object.keys(hostileMessages).map((name) => `message: ${name}`),
];

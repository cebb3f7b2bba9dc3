import { connector } from './facts.ts';

/** Whether a drain of so many files finds its next message before it takes the queue for empty. */
export function drainsOn(filesPerSecond: number): boolean {
  return filesPerSecond * connector.pollSeconds >= 1;
}

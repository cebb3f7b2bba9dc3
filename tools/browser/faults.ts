import type { Seen } from './lookAtPage.ts';

const narrowestChart = 200;

/** What is wrong with a page as a browser shows it; nothing, if all is well. */
export function faultsOf({ charts, complaints, name, overflow, requests, scripts }: Seen): readonly string[] {
  const faults: string[] = complaints.map((complaint) => `complains: ${complaint}`);
  const others = requests.slice(1);
  if (others.length > 0) faults.push(`asks for ${others.join(', ')}`);
  if (scripts > 0) faults.push('has a script');
  if (overflow > 0) faults.push(`is ${overflow} pixels wider than its window`);
  if (charts.length === 0 || Math.min(...charts) < narrowestChart) faults.push('has charts that are too small');
  return faults.map((fault) => `${name} ${fault}`);
}

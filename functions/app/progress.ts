import { channel } from 'node:diagnostics_channel';
import type { ProgressReport } from '../../shared/words/progress.ts';

/** Whoever runs these functions in a process of its own may subscribe, as the local host does; in Azure nobody listens. */
export const progressChannel = 'cloudtrail-connector:progress';

const progress = channel(progressChannel);

export function publishProgress(report: ProgressReport): void {
  if (progress.hasSubscribers) progress.publish(report);
}

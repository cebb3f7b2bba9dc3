import { app } from '@azure/functions';
import { createShutdown, onSigterm } from './shutdown.ts';

/**
 * The shutdown of this process. There is one for all functions, since one process may run several: with one each, an
 * idle function would let the process end under the drain of another, and Azure, which calls hooks one after the
 * other, would tell the second drain only when the first has ended.
 */
export const shutdown = createShutdown();

app.hook.appTerminate(() => shutdown.begin());
onSigterm(shutdown, process);

import { rmSync } from 'node:fs';
import { progressChannel } from '../../../functions/app/progress.ts';
import type { Clouds } from '../../../local/clouds.ts';
import { type RunningHost, startHost } from '../../../local/host/startHost.ts';
import { writeRunFile } from '../../../local/process/runFile.ts';
import type { ProgressReport } from '../../../shared/words/progress.ts';
import { RunFailure } from './failure.ts';

export interface LocalConnectorOptions {
  /** The project's folder. */
  readonly root: string;
  readonly clouds: Clouds;
  /** Where pids and endpoints are written while it runs. */
  readonly runFile: string;
  /** What the drains report of their work. */
  readonly onProgress: (report: ProgressReport) => void;
  /** The host died and could not be started again several times in a row. */
  readonly onLost: (failure: RunFailure) => void;
  readonly tell: (line: string) => void;
}

/** Shorter than in production, so that what a killed host held comes back while somebody is watching. */
const localSettings = ({ healthStream }: Clouds) => ({
  ...{ VISIBILITY_SECONDS: '20', HEARTBEAT_SECONDS: '5' },
  HEALTH_STREAM: healthStream,
});

const mostFailedStarts = 3;

/**
 * Starts the functions in a host of their own, which is started again whenever it dies.
 * @throws RunFailure when it cannot be started the first time.
 */
export async function startConnector(options: LocalConnectorOptions): Promise<RunningHost> {
  const { root, clouds, tell } = options;
  const workers = new Map<string, Set<number>>();
  let host: RunningHost | undefined;
  let failedStarts = 0;
  const note = (): void => {
    if (host !== undefined) writeRunFile(options.runFile, describe(clouds, host, workers));
  };
  try {
    host = await startHost({
      app: root,
      entry: 'functions/*.ts',
      environment: { ...clouds.appSettings, ...localSettings(clouds), PATH: process.env['PATH'] },
      channels: [progressChannel],
      onPublished: ({ data }) => options.onProgress(data as ProgressReport),
      onLog: (line) => {
        // The functions' own log is for Azure: what it tells of the work comes as data.
        if (line.category !== 'user' && (line.level === 'error' || line.level === 'critical'))
          tell(`${line.category}: ${line.message}`);
      },
      onWorker: ({ type, functionName, pid }) => {
        const pids = workers.get(functionName) ?? new Set();
        workers.set(functionName, pids);
        if (type === 'worker-started') pids.add(pid);
        else pids.delete(pid);
        setImmediate(note);
      },
      onRestart: (reason) => {
        for (const pids of workers.values()) pids.clear();
        setImmediate(note);
        failedStarts = reason.startsWith('could not start') ? failedStarts + 1 : 0;
        if (failedStarts >= mostFailedStarts) options.onLost(cannotStart(`the functions host ${reason}`));
        else tell(`The functions host ${reason}; it is started again.`);
      },
    });
  } catch (error) {
    throw cannotStart(error instanceof Error ? error.message : String(error));
  }
  note();
  const running = host;
  return {
    ...running,
    async stop(signal) {
      host = undefined; // from here on nobody writes the run file again
      await running.stop(signal);
      rmSync(options.runFile, { force: true });
    },
  };
}

/** Of what Node says only the fault and where it is: the rest of the stack is of no use to a person here. */
function cannotStart(message: string): RunFailure {
  const [said = message, ...stack] = message.split(/\n\s+at |\n\nNode\.js v/);
  const place = /file:\/\/[^)]+/.exec(stack[0] ?? '')?.[0];
  const fault = said.replace(/\s*\n\s*/g, ' ').trim();
  return new RunFailure(
    'functions-not-started',
    place === undefined ? fault : `${fault} (at ${place})`,
    'Put right what is named there, in functions/ or in what it imports; "npm test" checks both.',
  );
}

function describe(clouds: Clouds, host: RunningHost, workers: ReadonlyMap<string, ReadonlySet<number>>) {
  const { aws, identity, ingestion, storage } = clouds;
  return {
    pids: { supervisor: process.pid, host: host.pid(), storage: storage.pid },
    functions: Object.fromEntries([...workers].map(([name, pids]) => [name, [...pids]])),
    endpoints: {
      aws: aws.endpoint,
      ingestion: ingestion.endpoint,
      identity: identity.endpoint,
      storage: storage.endpoints.table,
      host: host.url(),
    },
    queueUrl: aws.queueUrl,
    bucket: aws.bucket,
    table: ingestion.tableFile,
    functionKey: host.functionKey,
    appSettings: { ...clouds.appSettings, ...localSettings(clouds) },
  };
}

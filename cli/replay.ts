import { join } from 'node:path';
import { shownLines } from '../shared/kit/shortText.ts';
import { ConnectorError } from '../shared/words/errors.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { interruptSignal } from './process/interrupt.ts';
import { sentenceOf } from './process/sentence.ts';
import { readAppValues } from './replay/appValues.ts';
import { carryOut } from './replay/carryOut.ts';
import { readRequest } from './replay/readRequest.ts';
import { Refused } from './replay/refused.ts';

const { values, positionals } = parseCommand({
  name: 'replay',
  summary:
    'Lists what could not be delivered, shows it, and puts it through the live path again; the queue is not asked.',
  options: {
    list: { type: 'boolean', help: 'list open failed entries (what happens without other options)' },
    reason: { type: 'string', value: 'CODE', help: 'only those that failed for this reason, such as gzip-invalid' },
    source: { type: 'string', value: 'NAME', help: 'only those of this source' },
    'older-than': {
      type: 'string',
      value: 'AGE',
      help: 'only those that failed last at least so long ago: 2d, 3h, 30m',
    },
    show: { type: 'string', value: 'ID', help: 'print everything that is kept of one entry, its message included' },
    replay: { type: 'string', value: 'ID', multiple: true, help: 'put this entry through again; more IDs may follow' },
    'replay-all': { type: 'boolean', help: 'put every listed entry through again' },
    close: {
      type: 'string',
      value: 'ID',
      multiple: true,
      help: 'nothing more is to be done about it; more IDs may follow',
    },
    again: {
      type: 'boolean',
      help: 'send objects once more that were accepted before: their rows will be there twice',
    },
    local: { type: 'boolean', help: 'take the settings from the set-up that "npm start -- --serve" runs' },
    json: { type: 'boolean', help: 'print one JSON object on standard output' },
  },
  positionals: '[ID...]',
  notes: [
    'Settings are those of the function app: environment variables, then local.settings.json in the project folder.',
    'An entry is closed once everything its message announces was accepted; one that fails again is kept.',
    'Exit codes: 0 all done, 1 something is left or failed, 2 wrong usage.',
  ].join('\n'),
});

const request = readRequest(values, positionals);
if (typeof request === 'string') refuseUsage('replay', request);
const interrupted = interruptSignal(() =>
  terminal.error('Ending: what was begun is finished or kept. Press Ctrl-C again to end without waiting for that.\n'),
);
const terminal = {
  json: values.json ?? false,
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
};

try {
  const app = readAppValues(join(import.meta.dirname, '..'), process.env, values.local ?? false);
  // Credentials look for theirs in the environment.
  for (const [name, value] of Object.entries(app)) if (value !== undefined) process.env[name] = value;
  process.exitCode = await carryOut(request, app, terminal, interrupted);
} catch (error) {
  process.exitCode = 1;
  terminal.error(`replay: ${shownLines(describe(error))}\n`);
}
// Connections to storage are kept open, and nobody needs them any more; what is printed may still be on its way.
process.stdout.write('', () => process.exit());

function describe(error: unknown): string {
  if (error instanceof Refused) return `${error.message}\n${error.remedy}`;
  if (!(error instanceof ConnectorError)) return sentenceOf(error);
  const { message, remedy } = error;
  return remedy === undefined ? message : `${message}\n${remedy}`;
}

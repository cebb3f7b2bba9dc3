import { join } from 'node:path';
import { shownLines } from '../shared/kit/shortText.ts';
import { carryOut } from './circuits/carryOut.ts';
import { openCircuits } from './circuits/openCircuits.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { readAppValues } from './replay/appValues.ts';
import { Refused } from './replay/refused.ts';

const { values, positionals } = parseCommand({
  name: 'circuits',
  summary: 'Lists the circuits that are open: what keeps work waiting, why, and since when. Closes one by hand.',
  options: {
    close: { type: 'boolean', help: 'close the circuit that SOURCE and CIRCUIT name, as the list shows them' },
    local: { type: 'boolean', help: 'take the settings from the set-up that "npm start -- --serve" runs' },
    json: { type: 'boolean', help: 'print one JSON object on standard output' },
  },
  positionals: '[SOURCE CIRCUIT]',
  notes: [
    'Settings are those of the function app: environment variables, then local.settings.json in the project folder.',
    'A circuit closes by itself when its cause is gone. Closed by hand, it is so from the next slice on, and opens again if the cause is not.',
    'Exit codes: 0 done, 1 nothing of that name is open or storage failed, 2 wrong usage.',
  ].join('\n'),
});

const [source, circuit, ...others] = positionals;
const isClosing = values.close ?? false;
if (isClosing && (source === undefined || circuit === undefined))
  refuseUsage('circuits', '--close needs SOURCE CIRCUIT');
if (others.length > 0 || (!isClosing && source !== undefined)) {
  refuseUsage('circuits', `unexpected argument "${isClosing ? others[0] : source}"`);
}

try {
  const app = readAppValues(join(import.meta.dirname, '..'), process.env, values.local ?? false);
  // Credentials look for theirs in the environment.
  for (const [name, value] of Object.entries(app)) if (value !== undefined) process.env[name] = value;
  const closed = isClosing && source !== undefined && circuit !== undefined ? { source, circuit } : undefined;
  const { code, text } = await carryOut(closed, openCircuits(app), { json: values.json ?? false, now: Date.now() });
  process.exitCode = code;
  process.stdout.write(text);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${shownLines(describe(error))}\n`);
}
// Connections to storage are kept open, and nobody needs them any more; what is printed may still be on its way.
process.stdout.write('', () => process.exit());

function describe(error: unknown): string {
  const remedy = error instanceof Refused ? `\n${error.remedy}` : '';
  return `circuits: ${error instanceof Error ? error.message : error}${remedy}`;
}

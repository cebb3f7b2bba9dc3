import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../shared/compose/check/check.ts';
import { jsonText, shownLines } from '../shared/kit/shortText.ts';
import { systemClock } from '../shared/kit/systemClock.ts';
import { linkLines, verdict } from './check/render.ts';
import { parseCommand } from './commandLine.ts';
import { readAppValues } from './replay/appValues.ts';
import { Refused } from './replay/refused.ts';

const { values } = parseCommand({
  name: 'check',
  summary: 'Looks at every link from CloudTrail to the table, and says "connected" or names the first broken one.',
  options: {
    'no-sample': { type: 'boolean', help: 'look at no message: one receive of it would be used up' },
    local: { type: 'boolean', help: 'take the settings from the set-up that "npm start -- --serve" runs' },
    json: { type: 'boolean', help: 'print one JSON object on standard output' },
  },
  notes: [
    'Settings are those of the function app: environment variables, then local.settings.json in the project folder.',
    'Nothing is deleted and no row is sent: one message of each queue is looked at and given back at once (one receive of it is',
    'used up; none where few are left), and an empty list is posted to the data collection rule.',
    'Exit codes: 0 connected, 1 a link is broken, 2 wrong usage.',
  ].join('\n'),
});

const isJson = values.json ?? false;
try {
  const app = readAppValues(join(import.meta.dirname, '..'), process.env, values.local ?? false);
  // Credentials look for theirs in the environment.
  for (const [name, value] of Object.entries(app)) if (value !== undefined) process.env[name] = value;
  const authorities = app['NODE_EXTRA_CA_CERTS'];
  if (!isJson) process.stdout.write(`${new Date().toISOString()}\n`);
  const report = await check(app, {
    clock: systemClock,
    takesSample: !(values['no-sample'] ?? false),
    identity: app['IDENTITY_ENDPOINT'] === undefined ? 'developer' : 'managed-identity',
    // Node reads them at its start, when these settings were not known yet.
    ...(authorities === undefined ? {} : { ingestionCa: readFileSync(authorities, 'utf8') }),
    onResult: (result) => {
      if (!isJson) process.stdout.write(linkLines(result));
    },
  });
  process.exitCode = report.connected ? 0 : 1;
  process.stdout.write(isJson ? `${jsonText(report)}\n` : `${verdict(report)}\n`);
} catch (error) {
  process.exitCode = 1;
  const remedy = error instanceof Refused ? `\n${error.remedy}` : '';
  process.stderr.write(`${shownLines(`check: ${error instanceof Error ? error.message : error}${remedy}`)}\n`);
}
// Connections to storage are kept open, and nobody needs them any more; what is printed may still be on its way.
process.stdout.write('', () => process.exit());

import { readFileSync } from 'node:fs';
import { openByteRowStream } from '../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { dropperNames, judgeBy } from '../shared/cloudtrail/selectors/judge.ts';
import { shownLines, shownText } from '../shared/kit/shortText.ts';
import { readSelectors } from '../shared/settings/selectors.ts';
import type { Selector } from '../shared/words/selectors.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { describeFailure } from './map/describeFailure.ts';
import { describeRows } from './map/describeRows.ts';
import { printRows } from './map/printRows.ts';
import { noWeights, weighFile } from './map/weigh.ts';
import { weightTable } from './map/weightTable.ts';

const { positionals, values } = parseCommand({
  name: 'map',
  summary: 'Prints the rows of CloudTrail log files as NDJSON, exactly as the connector would upload them.',
  options: {
    selectors: { type: 'string', value: 'FILE', help: 'leave out what these selectors drop: the JSON of SELECTORS' },
    'dry-run': { type: 'boolean', help: 'print what each selector would drop, and save, instead of rows' },
    days: { type: 'string', value: 'N', help: 'with --dry-run: the files are those of so many days (default 1)' },
    price: { type: 'string', value: 'DOLLARS', help: 'with --dry-run: of one GB of rows (default 4.30)' },
  },
  positionals: 'FILE...',
  notes:
    'A FILE may be gzip-compressed or not, whatever its name; "-" is standard input.\nExit codes: 0 every file was mapped whole, 1 some were not, 2 wrong usage.',
});
if (positionals.length === 0) refuseUsage('map', 'name at least one FILE, or "-" for standard input');
const isDryRun = values['dry-run'] === true;
if (isDryRun && values.selectors === undefined) refuseUsage('map', '--dry-run needs --selectors FILE');

const selectors = values.selectors === undefined ? [] : selectorsIn(values.selectors);
const judge = judgeBy(selectors);
const openRows = openByteRowStream(selectors.length === 0 ? {} : { judge });
const droppers = dropperNames(selectors);
const weights = noWeights(droppers.length);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the rows has enough of them, as `head` has.
  process.exit(error.code === 'EPIPE' ? undefined : 1);
});

for (const file of positionals) {
  try {
    if (isDryRun) await weighFile(file, process.stdin, judge, weights);
    else {
      const { counts, stubs } = await printRows(file, process.stdin, process.stdout, openRows);
      for (const line of describeRows(counts, stubs, droppers)) tell(file, line);
    }
  } catch (error) {
    process.exitCode = 1;
    tell(file, describeFailure(error));
  }
}
if (isDryRun) {
  const dollarsPerGigabyte = positive('price', values.price ?? '4.3');
  process.stdout.write(
    weightTable(droppers, weights, { days: positive('days', values.days ?? '1'), dollarsPerGigabyte }),
  );
}

function selectorsIn(file: string): readonly Selector[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return refuseUsage('map', `--selectors cannot be read: ${shownText((error as Error).message)}`);
  }
  const reading = readSelectors(text, shownText(file));
  return reading.ok ? reading.selectors : refuseUsage('map', reading.problems.join('\n'));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : refuseUsage('map', `--${name} must be a number above 0`);
}

/** Names of files and what is quoted of them come from outside. */
function tell(file: string, what: string): void {
  process.stderr.write(`${what.startsWith(' ') ? '' : `map: ${shownText(file)}: `}${shownLines(what)}\n`);
}

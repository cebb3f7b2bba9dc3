import { shownLines, shownText } from '../shared/kit/shortText.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { describeFailure } from './map/describeFailure.ts';
import { describeRows } from './map/describeRows.ts';
import { printRows } from './map/printRows.ts';

const { positionals } = parseCommand({
  name: 'map',
  summary: 'Prints the rows of CloudTrail log files as NDJSON, exactly as the connector would upload them.',
  options: {},
  positionals: 'FILE...',
  notes:
    'A FILE may be gzip-compressed or not, whatever its name; "-" is standard input.\nExit codes: 0 every file was mapped whole, 1 some were not, 2 wrong usage.',
});
if (positionals.length === 0) refuseUsage('map', 'name at least one FILE, or "-" for standard input');

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the rows has enough of them, as `head` has.
  process.exit(error.code === 'EPIPE' ? undefined : 1);
});

for (const file of positionals) {
  try {
    const { counts, stubs } = await printRows(file, process.stdin, process.stdout);
    for (const line of describeRows(counts, stubs)) tell(file, line);
  } catch (error) {
    process.exitCode = 1;
    tell(file, describeFailure(error));
  }
}

/** Names of files and what is quoted of them come from outside. */
function tell(file: string, what: string): void {
  process.stderr.write(`${what.startsWith(' ') ? '' : `map: ${shownText(file)}: `}${shownLines(what)}\n`);
}

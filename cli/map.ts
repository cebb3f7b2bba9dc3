import { shownText } from '../shared/kit/shortText.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { describeFailure } from './map/describeFailure.ts';
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
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`map: standard output: ${error.message}\n`);
  process.exit(1);
});

for (const file of positionals) {
  try {
    await printRows(file, process.stdin, process.stdout);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`map: ${shownText(`${file}: ${describeFailure(error)}`)}\n`);
  }
}

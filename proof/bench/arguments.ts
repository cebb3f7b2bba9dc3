import { parseCommand, refuseUsage, wholeNumber } from '../../cli/commandLine.ts';
import { type SetName, setNames } from './dataSets.ts';

export interface BenchArguments {
  readonly json: boolean;
  readonly quick: boolean;
  readonly sets: readonly SetName[];
  readonly rounds: number;
}

/** Reads the command line; ends the process with help, or with exit code 2 for what it does not understand. */
export function readArguments(words: readonly string[]): BenchArguments {
  const { values } = parseCommand(
    {
      name: 'bench',
      summary:
        "Measures the connector's hot path, from gzip log files to gzip request bodies, against other ways of doing it.",
      options: {
        set: {
          type: 'string',
          multiple: true,
          value: 'NAME',
          help: `${setNames.join(', ')}; repeatable (default: all)`,
        },
        rounds: { type: 'string', value: 'N', help: 'runs of each contender, 1 to 50 (default: 3; 1 with --quick)' },
        quick: { type: 'boolean', help: 'small sets, to see that everything works; the exit code ignores the demands' },
        json: {
          type: 'boolean',
          help: 'print one JSON object {machine, sets, results, demands, …} on standard output',
        },
      },
      notes: 'Exit code: 0 every demand met, 1 a demand missed or a run failed, 2 wrong usage.',
    },
    words,
  );
  const { json = false, quick = false } = values;
  const sets = new Set((values.set ?? setNames).map(readSet));
  return {
    json,
    quick,
    sets: [...sets],
    rounds: wholeNumber('bench', 'rounds', values.rounds ?? (quick ? '1' : '3'), 1, 50),
  };
}

function readSet(text: string): SetName {
  return (
    setNames.find((name) => name === text) ??
    refuseUsage('bench', `--set must be one of ${setNames.join(', ')}; got "${text}"`)
  );
}

import type { Fate, Verdict } from './runMutants.ts';

/** How many of the mutants were noticed. */
export interface Score {
  readonly mutants: number;
  readonly byFate: Readonly<Record<Fate, number>>;
  /** Percent of those judged. */
  readonly score: number;
  readonly folders: Readonly<Record<string, { readonly mutants: number; readonly score: number }>>;
  /** Those that no test noticed, in order. */
  readonly alive: readonly { readonly place: string; readonly original: string; readonly replacement: string }[];
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const byFate: Record<Fate, number> = { killed: 0, endless: 0, survived: 0, untested: 0 };
  for (const { fate } of verdicts) byFate[fate] += 1;
  const folders = Object.groupBy(verdicts, ({ mutant }) => mutant.file.split('/').slice(0, 3).join('/'));
  return {
    mutants: verdicts.length,
    byFate,
    score: percent(verdicts),
    folders: Object.fromEntries(
      Object.entries(folders)
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([folder, those = []]) => [folder, { mutants: those.length, score: percent(those) }]),
    ),
    alive: verdicts
      .filter(({ fate }) => !isNoticed(fate))
      .map(({ mutant: { file, line, original, replacement } }) => ({ place: `${file}:${line}`, original, replacement }))
      .sort((one, other) => one.place.localeCompare(other.place, 'en', { numeric: true })),
  };
}

export function rendered({ mutants, byFate, score, folders, alive }: Score): string {
  const width = Math.max(...Object.keys(folders).map((name) => name.length), 0);
  return [
    ...alive.map(({ place, original, replacement }) => `${place}  ${oneLine(original)}  ->  ${oneLine(replacement)}`),
    '',
    ...Object.entries(folders).map(([name, of]) => `${name.padEnd(width)}  ${of.score} % of ${of.mutants}`),
    '',
    `score ${score} %: of ${mutants} mutants ${byFate.killed} killed, ${byFate.endless} endless, ${byFate.survived} survived, ${byFate.untested} met by no test`,
    '',
  ].join('\n');
}

function isNoticed(fate: Fate): boolean {
  return fate === 'killed' || fate === 'endless';
}

function percent(verdicts: readonly Verdict[]): number {
  const noticed = verdicts.filter(({ fate }) => isNoticed(fate)).length;
  return verdicts.length === 0 ? 0 : Math.round((1000 * noticed) / verdicts.length) / 10;
}

function oneLine(text: string): string {
  const short = text.replace(/\s+/g, ' ');
  return short.length > 70 ? `${short.slice(0, 67)}...` : short;
}

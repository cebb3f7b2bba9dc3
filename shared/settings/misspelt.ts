import { settingNames } from './table.ts';

/**
 * One sentence for every name that looks like a setting of ours and is none: a misspelt setting has no effect, and its
 * default is used in silence. Doubts only, since an environment holds the names of others too.
 */
export function misspeltNames(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const meant = isOfOthers(name) ? undefined : closest(name, settingNames);
    return meant === undefined || names.includes(meant)
      ? []
      : [`${name} is no setting and has no effect; did you mean ${meant}?`];
  });
}

/** The known name that was probably meant; undefined when the name is known, or resembles none. */
export function closest(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const plain = bare(name);
  const [best] = known
    .map((each) => ({ each, distance: distanceOf(plain, bare(each)) }))
    .filter(({ each, distance }) => distance <= (each.length < 9 ? 1 : 2))
    .sort((a, b) => a.distance - b.distance);
  return best?.each;
}

/** What the AWS SDK, the Azure SDK and the Functions host read themselves. */
function isOfOthers(name: string): boolean {
  return /^(?:AWS_ENDPOINT_URL_|AzureWebJobs|FUNCTIONS_|WEBSITE_|APPLICATIONINSIGHTS_|npm_)/.test(name);
}

function bare(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

/** Letters to add, remove, change or swap with their neighbour. https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

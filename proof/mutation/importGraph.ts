import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What each file imports for its values, from the project's folder on; types are gone when it runs. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads files and all they import. */
export function importGraph(root: string, files: readonly string[]): ImportGraph {
  const graph = new Map<string, readonly string[]>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (graph.has(file)) continue;
    const imported = importsOf(file, readFileSync(join(root, file), 'utf8'));
    graph.set(file, imported);
    waiting.push(...imported);
  }
  return graph;
}

/** Only what lies in the project and is TypeScript. */
export function importsOf(file: string, source: string): readonly string[] {
  const { module } = parseSync(file, source);
  const requests = [
    ...module.staticImports.filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType)),
    ...module.staticExports
      .flatMap(({ entries }) => entries)
      .filter(({ isType, moduleRequest }) => !isType && moduleRequest !== null),
  ].map(({ moduleRequest }) => moduleRequest?.value ?? '');
  return [...new Set(requests)]
    .filter((request) => request.startsWith('.') && request.endsWith('.ts'))
    .map((request) => normalize(join(dirname(file), request)));
}

/** The tests that run a file, the nearest first; those of drawn cases take long, so they come last. */
export function testsOf(file: string, tests: readonly string[], graph: ImportGraph): readonly string[] {
  const mirrored = `test/${file.replace(/\.ts$/, '.')}`;
  const rank = (test: string): number =>
    (test.startsWith(mirrored) ? 0 : distance(test, file, graph)) + (test.endsWith('.property.test.ts') ? 1000 : 0);
  return tests
    .map((test) => ({ test, far: rank(test) }))
    .filter(({ far }) => far < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.far - other.far || one.test.localeCompare(other.test))
    .map(({ test }) => test);
}

function distance(from: string, to: string, graph: ImportGraph): number {
  const seen = new Set([from]);
  let front = [from];
  for (let steps = 0; front.length > 0; steps += 1) {
    if (front.includes(to)) return steps;
    front = front.flatMap((file) => graph.get(file) ?? []).filter((file) => !seen.has(file) && seen.add(file));
  }
  return Number.POSITIVE_INFINITY;
}

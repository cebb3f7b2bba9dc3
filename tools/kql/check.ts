import { knownFunctions } from './functionFiles.ts';
import { type Analysis, analyserFor } from './language.ts';
import { queriesIn } from './queries.ts';
import { tables } from './tables.ts';

export interface Finding {
  /** Both from 1, in the file. */
  readonly line: number;
  readonly column: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}

export interface CheckedFile {
  readonly queries: readonly (Analysis & { readonly text: string })[];
  readonly findings: readonly Finding[];
}

/** Checks text against the tables and functions of this project. @throws YAMLParseError when a YAML file is none */
export function checkerOf(): (name: string, text: string) => CheckedFile {
  const analyse = analyserFor({ tables, functions: knownFunctions() });
  return (name, text) => {
    const findings: Finding[] = [];
    const queries = queriesIn(name, text).map((query) => {
      const analysis = analyse(query.before + query.text);
      for (const { start, ...problem } of analysis.problems) {
        const above = query.text.slice(0, Math.max(0, start - query.before.length)).split('\n');
        const line = query.line + above.length - 1;
        findings.push({ line, column: query.indent + (above.at(-1)?.length ?? 0) + 1, ...problem });
      }
      return { ...analysis, text: query.text };
    });
    return { queries, findings };
  };
}

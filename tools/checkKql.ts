import { readFileSync } from 'node:fs';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { shownText } from '../shared/kit/shortText.ts';
import { type CheckedFile, checkerOf } from './kql/check.ts';

const { values, positionals } = parseCommand({
  name: 'check-kql',
  summary: "Checks KQL with Microsoft's own parser against the tables and functions of this project.",
  options: { json: { type: 'boolean', help: 'findings as JSON on standard output' } },
  positionals: 'FILE...',
  notes: `A FILE is KQL, YAML of a rule, hunt or function, or Markdown with kql blocks.
Exit codes: 0 nothing found, 1 something found or a file that cannot be read, 2 wrong usage.`,
});
if (positionals.length === 0) refuseUsage('check-kql', 'name at least one FILE');

const check = checkerOf();
const findings: (CheckedFile['findings'][number] & { readonly file: string })[] = [];
let queries = 0;

for (const file of positionals) {
  try {
    const checked = check(file, readFileSync(file, 'utf8'));
    queries += checked.queries.length;
    findings.push(...checked.findings.map((finding) => ({ file, ...finding })));
  } catch (error) {
    process.exitCode = 1;
    const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    console.error(`check-kql: ${shownText(file)}: ${shownText(said)}`);
  }
}

if (findings.length > 0) process.exitCode = 1;
if (values.json) {
  console.log(JSON.stringify({ files: positionals.length, queries, findings }));
} else {
  for (const { file, line, column, severity, code, message } of findings) {
    console.log(`${shownText(file)}:${line}:${column}: ${severity} ${code}: ${shownText(message)}`);
  }
  console.error(`${queries} queries in ${positionals.length} files, ${findings.length} findings.`);
}

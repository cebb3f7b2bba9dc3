// Runs one of the project's commands, after installing the dependencies when they are missing or the lockfile changed.
// Plain JavaScript: it and what it imports must run on Node 20 before anything is installed.
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callersFolder } from './bootstrap/callersFolder.mjs';
import { ensureInstalled } from './bootstrap/ensureInstalled.mjs';
import { Refusal, sentenceOf } from './bootstrap/refusal.mjs';
import { runChild } from './bootstrap/runChild.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const oldest = 20;

try {
  if (Number(process.versions.node.split('.')[0]) < oldest) {
    throw new Refusal(`Node ${oldest} or newer is needed; this is ${process.version}`, 2);
  }
  if (!script) throw new Refusal('usage: node tools/bootstrap.mjs SCRIPT [ARGUMENT ...]', 2);
  const node = await ensureInstalled(root, script);
  const cwd = callersFolder(root, process.env);
  const command = [node, '--disable-warning=ExperimentalWarning', join(root, script), ...args];
  // The last stream tells the child when this process is killed: it would go on otherwise, with nobody to end it.
  // Tools with a `node` in their first line run on the same one.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  process.exit(await runChild(command, { cwd, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }));
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exit(error instanceof Refusal ? error.exitCode : 1);
}

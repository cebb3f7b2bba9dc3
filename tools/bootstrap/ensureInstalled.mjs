import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installNode, linkNode, nodeAtHand } from './ensureNode.mjs';
import { npmCi } from './npmCi.mjs';
import { Refusal, systemReason } from './refusal.mjs';
import { takeTurn } from './takeTurn.mjs';

const tell = (line) => process.stderr.write(`${line}\n`);

/** What is installed: for the commands of `cli/` only what runs, for all others what checks and builds as well. */
const groups = {
  run: { flags: ['--omit=dev', '--omit=optional'], told: 'Installing what runs (230 MB, once; about a minute) ...' },
  all: { flags: [], told: 'Installing what tests and builds (500 MB, once; about two minutes) ...' },
};

/** Commands for which KQL's parser is needed, 31 MB that `npm start` does without. */
const needAll = new Set(['cli/query.ts']);

/** Installs what a script lacks and returns the Node to run it on. @throws Refusal */
export async function ensureInstalled(root, script) {
  const group = script.startsWith('cli/') && !needAll.has(script) ? 'run' : 'all';
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  const lockfile = hashOf(join(root, 'package-lock.json'));
  const isInstalled = () => ['all', group].some((one) => stampIn(stamp) === `${one} ${lockfile}`);
  const ready = nodeAtHand(root);
  if (ready !== undefined && isInstalled()) return ready;
  const giveFree = await takeTurn(join(root, '.installing'), { tell });
  try {
    const node = nodeAtHand(root) ?? (await installNode(root, { tell }));
    if (!isInstalled()) {
      tell(groups[group].told);
      await npmCi(root, groups[group].flags);
      linkNode(root, node);
      writeStamp(stamp, `${group} ${lockfile}`);
    }
    return node;
  } finally {
    giveFree();
  }
}

function hashOf(lockfile) {
  try {
    return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  } catch (error) {
    throw new Refusal(`${lockfile} cannot be read: ${systemReason(error)}`, 1);
  }
}

function stampIn(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(stamp, text) {
  try {
    writeFileSync(stamp, text);
  } catch (error) {
    throw new Refusal(`the dependencies are installed, but ${stamp} cannot be written: ${systemReason(error)}`, 1);
  }
}

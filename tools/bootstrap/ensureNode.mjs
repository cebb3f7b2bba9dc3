import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi } from './npmCi.mjs';
import { Refusal } from './refusal.mjs';
import { isSuitable, oldestSuitable } from './suitableNode.mjs';

/** The Node to run on when it is here: the one that runs this, or the pinned one of an earlier installation. */
export function nodeAtHand(root) {
  if (isSuitable(process.version)) return process.execPath;
  const pinned = pinnedNode(root);
  return existsSync(pinned) ? pinned : undefined;
}

/** Fetches the pinned Node, which is a package without a script of its own. @throws Refusal where there is none for this machine */
export async function installNode(root, { tell }) {
  const { platform, arch, version } = process;
  tell(`Installing Node 24 (190 MB, once), since this is ${version} and ${oldestSuitable} or newer is needed ...`);
  await npmCi(join(root, 'tools', 'node'), []);
  const pinned = pinnedNode(root);
  if (!existsSync(pinned)) {
    const reason = `this is ${version}, and there is no package of Node 24 for ${platform} ${arch}`;
    throw new Refusal(`Node ${oldestSuitable} or newer is needed: ${reason}. Install it from https://nodejs.org.`, 1);
  }
  return pinned;
}

/** Tools that are started by hand find the Node that the scripts run on beside them. */
export function linkNode(root, node) {
  const bin = join(root, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'node'), { force: true });
  if (node !== process.execPath) symlinkSync(node, join(bin, 'node'));
}

function pinnedNode(root) {
  const { platform, arch } = process;
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  return join(root, 'tools', 'node', 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, systemReason } from './refusal.mjs';
import { runChild } from './runChild.mjs';
import { takeTurn } from './takeTurn.mjs';

const tell = (line) => process.stderr.write(`${line}\n`);

/** Installs what is missing and returns the Node to run on. @throws Refusal */
export async function ensureInstalled(root) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  const lockfile = hashOf(join(root, 'package-lock.json'));
  const isInstalled = () => existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile;
  if (isInstalled()) return node;
  const giveFree = await takeTurn(join(root, '.installing'), { tell });
  try {
    if (!isInstalled()) {
      await install(root);
      writeStamp(stamp, lockfile);
    }
  } finally {
    giveFree();
  }
  return node;
}

function hashOf(lockfile) {
  try {
    return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  } catch (error) {
    throw new Refusal(`${lockfile} cannot be read: ${systemReason(error)}`, 1);
  }
}

async function install(root) {
  tell('Installing dependencies (once; about a minute) ...');
  // npm says where it is when it runs us.
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  // A level of "silent", as `npm run -s` sets it, would hide why an installation failed.
  const flags = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--no-engine-strict'];
  const code = await runChild([...command, ...flags], { cwd: root, stdio: ['ignore', 2, 2] });
  if (code === 130 || code === 143)
    throw new Refusal('The installation was interrupted; the next start begins it anew.', code);
  if (code !== 0) {
    throw new Refusal(`the dependencies could not be installed (npm ci ended with ${code}); see the lines above`, 1);
  }
}

function writeStamp(stamp, lockfile) {
  try {
    writeFileSync(stamp, lockfile);
  } catch (error) {
    throw new Refusal(`the dependencies are installed, but ${stamp} cannot be written: ${systemReason(error)}`, 1);
  }
}

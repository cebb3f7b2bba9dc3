// Runs one of the project's commands on the pinned Node, after installing the dependencies when they are missing or
// the lockfile changed. Plain JavaScript without imports from the project: it must run on Node 20 before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.installed-lockfile');
const underWay = join(root, '.installing');
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const [script, ...args] = process.argv.slice(2);
const oldest = 20;
if (Number(process.versions.node.split('.')[0]) < oldest) {
  fail(`Node ${oldest} or newer is needed to start; this is ${process.version}`, 2);
}
if (!script) fail('usage: node tools/bootstrap.mjs SCRIPT [ARGUMENT ...]', 2);
installIfNeeded();
run();

function installIfNeeded() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const isInstalled = () => existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile;
  if (isInstalled()) return;
  takeTurn();
  try {
    if (isInstalled()) return;
    install();
    writeFileSync(stamp, lockfile);
  } finally {
    rmSync(underWay, { force: true });
  }
}

/** Two installations at once would take the files from under each other. */
function takeTurn() {
  for (let isTold = false; ; isTold = true) {
    try {
      writeFileSync(underWay, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      // Somebody else is at it, or was killed at it.
    }
    const other = existsSync(underWay) ? Number(readFileSync(underWay, 'utf8')) : 0;
    if (other > 0 && !isAlive(other)) rmSync(underWay, { force: true });
    else if (!isTold) process.stderr.write(`Waiting for the installation of process ${other} ...\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function install() {
  process.stderr.write('Installing dependencies (once; about a minute) ...\n');
  // npm says where it is when it runs us; its own level would be "silent", which hides why an installation failed.
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, [npm]] : ['npm', []];
  const installed = spawnSync(command[0], [...command[1], 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (installed.status === 0) return;
  rmSync(underWay, { force: true });
  const ended = installed.status ?? installed.error?.message ?? installed.signal;
  fail(`the dependencies could not be installed (npm ci ended with ${ended}); see the lines above`, 1);
}

function run() {
  // The fourth stream tells the child when this process is killed: it would go on otherwise, with nobody to end it.
  const child = spawn(pinnedNode, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends Ctrl-C to the whole group; whoever signals only us means the child.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  endWithParent(child);
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** npm ends at a signal without passing it on when a shell stands between: that shows by our having another parent. */
function endWithParent(child) {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    child.kill('SIGTERM');
  }, 500);
  look.unref();
}

function fail(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, systemReason } from './refusal.mjs';

/** Whoever installs says so often that it is alive; whoever has not said it for so long was killed. */
const beatMs = 1_000;
const silentMs = 10_000;
const lookMs = 250;

/**
 * Two installations at once would take the files from under each other: the second waits for the first. Returns what
 * gives the turn free. @throws Refusal when the file that marks the turn cannot be written.
 */
export async function takeTurn(file, { tell }) {
  let seen = { mark: '', since: 0 };
  let isTold = false;
  while (!isTaken(file)) {
    const other = look(file);
    if (other === undefined) continue;
    if (other.mark !== seen.mark) seen = { mark: other.mark, since: performance.now() };
    if (isGone(other) || performance.now() - seen.since > silentMs) {
      if (look(file)?.mark === other.mark) rmSync(file, { force: true });
      continue;
    }
    if (!isTold) tell(`Waiting for another installation (${other.who}). If there is none, remove ${file}.`);
    isTold = true;
    await sleep(lookMs);
  }
  const beating = setInterval(() => beat(file), beatMs);
  beating.unref();
  return () => {
    clearInterval(beating);
    rmSync(file, { force: true });
  };
}

/** False when somebody else has it. */
function isTaken(file) {
  let made;
  try {
    made = openSync(file, 'wx');
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Refusal(`the dependencies cannot be installed: ${file} cannot be written: ${systemReason(error)}`, 1);
  }
  try {
    writeFileSync(made, `${process.pid} ${hostname()}`);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    throw new Refusal(`the dependencies cannot be installed: ${file} cannot be written: ${systemReason(error)}`, 1);
  } finally {
    closeSync(made);
  }
}

/** Undefined when it was given free just now. */
function look(file) {
  try {
    const { ino, mtimeMs } = statSync(file);
    const [pid = '', host = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return {
      mark: `${ino} ${mtimeMs}`,
      who: Number(pid) > 0 ? `process ${pid}` : 'unknown process',
      pid: Number(pid),
      host,
      ageMs: Date.now() - mtimeMs,
    };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Refusal(`the dependencies cannot be installed: ${file} cannot be read: ${systemReason(error)}`, 1);
  }
}

/** A number tells of a process on the same machine only, and in a container the numbers begin anew. */
function isGone({ pid, host, ageMs }) {
  if (ageMs > silentMs) return true;
  if (host !== hostname() || !(pid > 0)) return false;
  return pid === process.pid || !isAlive(pid);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function beat(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Removed by a person; the installation goes on.
  }
}

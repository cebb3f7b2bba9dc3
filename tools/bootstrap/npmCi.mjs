import { Refusal } from './refusal.mjs';
import { runChild } from './runChild.mjs';

const signOfLifeMs = 15_000;

/** Installs what the lockfile of a folder names. @throws Refusal when npm fails or is interrupted */
export async function npmCi(folder, flags) {
  // npm says where it is when it runs us.
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  // A level of "silent", as `npm run -s` sets it, would hide why an installation failed. Dependencies that demand another
  // Node than the one that installs them run on ours.
  const all = [...command, 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--no-engine-strict', ...flags];
  const alive = showLife();
  const code = await runChild(all, { cwd: folder, stdio: ['ignore', 2, 2] });
  clearInterval(alive);
  if (code === 130 || code === 143)
    throw new Refusal('Installing was interrupted; the next start begins it anew.', code);
  if (code === 0) return;
  throw new Refusal(`the dependencies could not be installed (npm ci ended with ${code}); see the lines above`, 1);
}

/** On a terminal npm shows that it works. */
function showLife() {
  const began = performance.now();
  const said = () =>
    process.stderr.write(`  still installing after ${Math.round((performance.now() - began) / 1000)} s\n`);
  return process.stderr.isTTY ? undefined : setInterval(said, signOfLifeMs);
}

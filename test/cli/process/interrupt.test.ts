import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const interrupt = new URL('../../../cli/process/interrupt.ts', import.meta.url).href;

describe('interruptSignal', () => {
  let folder: string;
  let script: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'interrupt-'));
    script = join(folder, 'script.ts');
    writeFileSync(
      script,
      `import { interruptSignal } from ${JSON.stringify(interrupt)};
let now = 0;
performance.now = () => now;
const signal = interruptSignal(() => process.stdout.write('told '));
process.on('SIGUSR2', () => { now += 2000; process.stdout.write('later '); });
process.stdout.write(\`up \${signal.aborted} \`);
setInterval(() => {}, 1000);`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells once, takes the echo of a signal for the same, and ends at a second one', async () => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    const said = async (text: string): Promise<void> => {
      while (!out.includes(text)) out += (await once(child.stdout, 'data'))[0];
    };
    await said('up false');
    child.kill('SIGINT');
    await said('told');
    child.kill('SIGTERM'); // an echo
    child.kill('SIGUSR2');
    await said('later');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect({ code, told: out.split('told').length - 1 }).toEqual({ code: 143, told: 1 });
  });
});

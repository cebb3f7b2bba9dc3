import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const source = join('shared', 'cloudtrail', 'rows', 'wasm', 'assembly', 'rows.ts');

/** Compiles the row module, and writes it as a TypeScript constant: so it is found alike from sources and in the bundle. */
export function compileRowModule(): string {
  const lines =
    compile()
      .toString('base64')
      .match(/.{1,116}/g) ?? [];
  return [
    '// Made from assembly/rows.ts by `npm run generate`; compared with a new build by `npm test`.',
    '',
    '/** The row module as WebAssembly, base64. */',
    'export const rowModuleBase64 = `',
    ...lines,
    '`;',
    '',
  ].join('\n');
}

/** The compiler runs in a process of its own: its declarations would redefine the types of this one. */
function compile(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'row-module-'));
  const out = join(folder, 'rows.wasm');
  const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
  const runtime = ['--runtime', 'stub', '--importMemory', '--initialMemory', '1', '--use', 'abort='];
  const speed = [
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--converge',
    '--noAssert',
    '--enable',
    'simd,bulk-memory',
  ];
  try {
    const { status, stderr } = spawnSync(process.execPath, [asc, source, ...runtime, ...speed, '--outFile', out], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the row module does not compile:\n${stderr}`);
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

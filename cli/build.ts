import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parseCommand } from './commandLine.ts';

const { values } = parseCommand({
  name: 'build',
  summary: 'Bundles the functions into dist/functions/connector.js, the one file that is deployed.',
  options: { out: { type: 'string', value: 'DIR', help: 'write there instead of dist/' } },
});

const root = join(import.meta.dirname, '..');
const out = values.out ?? join(root, 'dist');
const triggers = readdirSync(join(root, 'functions')).filter((name) => name.endsWith('.ts'));

rmSync(out, { recursive: true, force: true });
await build({
  stdin: {
    contents: triggers.map((name) => `import './${name}';`).join('\n'),
    resolveDir: join(root, 'functions'),
    sourcefile: 'connector.ts',
    loader: 'ts',
  },
  outfile: join(out, 'functions', 'connector.js'),
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  // The Functions worker supplies this module; no package of that name exists.
  external: ['@azure/functions-core'],
  // Bundled CommonJS packages still call require for Node's own modules, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  loader: { '.wasm': 'binary' },
  legalComments: 'external',
  logLevel: 'warning',
});
console.error(`Built ${join(out, 'functions', 'connector.js')} from ${triggers.length} function files.`);

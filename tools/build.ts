import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { parseCommand } from '../cli/commandLine.ts';

const { values } = parseCommand({
  name: 'build',
  summary: 'Bundles the functions into dist/functions/connector.js, the one file that is deployed.',
  options: { out: { type: 'string', value: 'DIR', help: 'write there instead of dist/' } },
});

const root = join(import.meta.dirname, '..');
const functionsFolder = join(root, 'functions');
const out = values.out ?? join(root, 'dist');
const bundle = join(out, 'functions', 'connector.js');
const triggers = readdirSync(functionsFolder).filter(registersFunction);

// Whatever else lay there would be loaded, too: the host takes every file of dist/functions.
rmSync(join(out, 'functions'), { recursive: true, force: true });
const { warnings } = await build({
  stdin: {
    contents: triggers.map((name) => `import './${name}';`).join('\n'),
    resolveDir: functionsFolder,
    // No name that a file there could have, since that file could then not be imported any more.
    sourcefile: '<functions>',
    loader: 'ts',
  },
  outfile: bundle,
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
}).catch(() => process.exit(1)); // esbuild has said why
// What esbuild doubts would fail in the cloud, where nobody sees it before it is deployed.
if (warnings.length > 0) process.exit(1);

const names = triggers.map((name) => basename(name, '.ts'));
const megabytes = (statSync(bundle).size / 1e6).toFixed(2);
console.error(`Built ${bundle} (${megabytes} MB) with ${names.length} functions: ${names.join(', ')}.`);

/** Files beside them that register nothing are helpers, and come along when they are imported. */
function registersFunction(name: string): boolean {
  return name.endsWith('.ts') && /^app\.(?!hook\b)\w+\(/m.test(readFileSync(join(functionsFolder, name), 'utf8'));
}

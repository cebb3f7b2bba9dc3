import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

export interface Bundled {
  readonly file: string;
  readonly bytes: number;
  readonly functions: readonly string[];
  /** The packages that went into it, as the lock file calls their folders (`node_modules/undici`), sorted. */
  readonly packages: readonly string[];
}

export interface BundleOptions {
  /** The project's folder. */
  readonly root: string;
  /** Its folders `functions` and `connector` are emptied and written. */
  readonly out: string;
  /** For a debugger; nothing in Azure reads one. */
  readonly sourceMap: boolean;
}

/**
 * Bundles the functions. The host loads every file of `functions`: the one there looks at the Node first, since what
 * comes after it cannot even be read by an old one. Undefined when esbuild has said what is wrong.
 */
export async function bundle({ root, out, sourceMap }: BundleOptions): Promise<Bundled | undefined> {
  const functionsFolder = join(root, 'functions');
  const triggers = readdirSync(functionsFolder).filter((name) => registersFunction(functionsFolder, name));
  for (const folder of ['functions', 'connector']) {
    rmSync(join(out, folder), { recursive: true, force: true });
    mkdirSync(join(out, folder), { recursive: true });
  }
  const file = join(out, 'connector', 'connector.js');
  const built = await build({
    stdin: {
      contents: triggers.map((name) => `import './${name}';`).join('\n'),
      resolveDir: functionsFolder,
      // No name that a file there could have, since that file could then not be imported any more.
      sourcefile: '<functions>',
      loader: 'ts',
    },
    outfile: file,
    // The file of licences names paths from here: the same ones wherever the command was given.
    absWorkingDir: root,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    keepNames: true,
    sourcemap: sourceMap ? 'linked' : false,
    // The Functions worker supplies this module; no package of that name exists.
    external: ['@azure/functions-core'],
    // Bundled CommonJS packages still call require for Node's own modules, which an ES module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    loader: { '.wasm': 'binary' },
    legalComments: 'external',
    logLevel: 'warning',
  }).catch(() => undefined); // esbuild has said why
  // What esbuild doubts would fail in the cloud, where nobody sees it before it is deployed.
  if (built === undefined || built.warnings.length > 0) return undefined;
  writeFileSync(join(out, 'functions', 'connector.js'), entry);
  return {
    file,
    bytes: statSync(file).size,
    functions: triggers.map((name) => basename(name, '.ts')),
    packages: [...new Set(Object.keys(built.metafile.inputs).flatMap(packageOf))].sort(),
  };
}

/** The folder of the package that a file belongs to; none for the project's own files. */
function packageOf(file: string): string[] {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  return folder === undefined ? [] : [folder.slice(folder.indexOf('node_modules/'))];
}

/** In words that any Node understands. */
const entry = `// Looks at the Node before anything that an old one cannot read.
var version = process.versions.node;
if (Number(version.split('.')[0]) < 22) {
  throw new Error('The connector needs Node 22 or 24, and this function app runs Node ' + version + ': choose another in its stack settings.');
}
await import('../connector/connector.js');
`;

/** Files beside them that register nothing are helpers, and come along when they are imported. */
function registersFunction(folder: string, name: string): boolean {
  return name.endsWith('.ts') && /^app\.(?!hook\b)\w+\(/m.test(readFileSync(join(folder, name), 'utf8'));
}

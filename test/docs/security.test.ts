import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');

const threats = textOf('docs/security.md')
  .split(/^## /m)
  .slice(2)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }));
const rows = threats.flatMap(({ text }) =>
  [...text.matchAll(/^\| `(test\/[^`]+)` \| (.*) \|$/gm)].map(([, file = '', shows = '']) => ({ file, shows })),
);

describe('docs/security.md', () => {
  it('speaks of every threat that was thought of', () => {
    expect(threats.map(({ title }) => title)).toEqual([
      'A hostile queue message',
      'A hostile object',
      'A zip bomb',
      'A stolen role',
      'The confused deputy',
      'Injection into logs, terminals and the health page',
      'Requests led elsewhere (SSRF)',
      'Secrets in logs',
      'Strangers at the HTTP functions',
      'The supply chain',
    ]);
  });

  it.each(threats)('names a test for $title', ({ text }) => {
    expect(text).toMatch(/^\| `test\//m);
  });

  it.each(rows)('names what is there: $file $shows', ({ file, shows }) => {
    expect(existsSync(new URL(file, root))).toBe(true);
    const [, title] = /^"(.*)"$/.exec(shows) ?? [];
    if (title !== undefined) expect(textOf(file)).toContain(title);
  });

  it('names no other test than those of its tables', () => {
    const named = [...textOf('docs/security.md').matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file);
    expect(named).toEqual(rows.map(({ file }) => file));
  });
});

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

describe('the supply chain', () => {
  it('pins every package by checksum, and every action by commit', () => {
    for (const file of ['package-lock.json', 'tools/node/package-lock.json', 'tools/browser/package-lock.json']) {
      const { packages } = JSON.parse(textOf(file)) as { readonly packages: Readonly<Record<string, Locked>> };
      for (const [name, { integrity, link, resolved }] of Object.entries(packages)) {
        if (!name.startsWith('node_modules/') || link) continue;
        expect(integrity, name).toMatch(/^sha512-/);
        expect(resolved, name).toBeUndefined();
      }
    }
    for (const file of globSync('.github/workflows/*.yml', { cwd: root })) {
      for (const [, version] of textOf(file).matchAll(/uses: \S+@(\S+)/g)) expect(version).toMatch(/^[0-9a-f]{40}$/);
    }
  });

  it('names exact versions, and lets the bundler alone run a script on installation', () => {
    const { allowScripts, dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(/^(?:\d+\.\d+\.\d+|file:local\/.*)$/);
    }
    const allowed = Object.entries(allowScripts ?? {}).filter(([, may]) => may);
    expect(allowed.map(([name]) => name)).toEqual(['esbuild']);
  });
});

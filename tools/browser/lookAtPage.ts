import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { healthAnswer } from '../../functions/app/health/answer.ts';
import { samples } from './samples.ts';

export interface View {
  readonly name: string;
  readonly sample: keyof typeof samples;
  readonly width: number;
  readonly dark: boolean;
  /** Where the picture of the whole page goes. */
  readonly out?: string;
}

/** What the browser saw of a view. */
export interface Seen {
  readonly name: string;
  readonly status: number;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  readonly title: string;
  readonly text: string;
  readonly scripts: number;
  readonly background: string;
  /** Pixels by which the page is wider than its window. */
  readonly overflow: number;
  /** Widths, in pixels. */
  readonly charts: readonly number[];
}

/** Serves the page as the function answers it, headers and all, and has a real browser look at it. */
export async function lookAtPage(views: readonly View[]): Promise<readonly Seen[]> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const sample = samples[pathname.slice(1) as keyof typeof samples];
    if (sample === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { body, headers, status } = healthAnswer(sample, { accept: request.headers.accept ?? null, format: null });
    response.writeHead(status ?? 200, headers as Record<string, string>).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const asked = views.map(({ sample, ...view }) => ({
      ...view,
      height: 900,
      url: `http://127.0.0.1:${port}/${sample}`,
    }));
    return JSON.parse(await browser(JSON.stringify(asked))) as readonly Seen[];
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** The browser runs beside us, so that it can ask our server. */
async function browser(input: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'look.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const output = await text(child.stdout);
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== 0) throw new Error(`the browser ended with ${child.exitCode ?? child.signalCode}`);
  return output;
}

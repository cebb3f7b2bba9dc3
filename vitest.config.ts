import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // For the processes that tests start: a third of their start is compiling.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.local', 'compiled') },
    include: ['test/**/*.test.ts'],
    // A net under tests that hang, and no claim: each waits for what happens, and a busy machine takes its time.
    expect: { requireAssertions: true, poll: { timeout: 120_000 } },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // By default one core stays free. Many files wait for processes of their own meanwhile, so that none need be.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { shuffle: true },
    coverage: {
      provider: 'v8',
      include: ['shared/**/*.ts'],
      exclude: ['shared/cloudtrail/rows/wasm/assembly/**'],
      thresholds: { lines: 95, branches: 90 },
      reporter: ['text-summary', 'text'],
    },
  },
});

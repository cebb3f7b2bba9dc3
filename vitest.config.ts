import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A net under tests that hang, and no claim: each waits for what happens, and a busy machine takes its time.
    expect: { requireAssertions: true, poll: { timeout: 120_000 } },
    testTimeout: 300_000,
    hookTimeout: 300_000,
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

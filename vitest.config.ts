import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    expect: { requireAssertions: true, poll: { timeout: 10_000 } },
    testTimeout: 20_000,
    hookTimeout: 30_000,
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

import { defineConfig } from 'vitest/config';

// Tests run on the sources: the export condition "source" points into src/, so no build is needed.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 20_000,
    maxConcurrency: 2,
  },
});

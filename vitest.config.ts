import { defineConfig } from 'vitest/config';

// Tests run on the sources: the export condition "source" points into src/, so no build is needed.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    // Property tests that take 3 s alone were seen to take 70 s on two busy cores; bounded time is tested by itself.
    testTimeout: 120_000,
    maxConcurrency: 2,
  },
});

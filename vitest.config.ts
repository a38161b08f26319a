import { defineConfig } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

// Tests run on the sources: the export condition "source" points into src/, so no build is needed.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    globalSetup: ['test/temporary.ts'],
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // A descriptor that one file closes twice, or a library that aborts, harms one process of several.
    pool: 'forks',
    isolate: false,
    // Property tests that take 3 s alone were seen to take 70 s on two busy cores; bounded time is tested by itself.
    testTimeout: 120_000,
    maxConcurrency: 2,
    // Tests of whole processes have failed on starved machines; which ones needed the second try is said.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', { onTestRunEnd: nameRetried } satisfies Reporter],
  },
});

function nameRetried(modules: readonly TestModule[]): void {
  for (const one of modules)
    for (const test of one.children.allTests('passed'))
      if ((test.diagnostic()?.retryCount ?? 0) > 0)
        process.stdout.write(`Passed at the second try only: ${one.relativeModuleId} > ${test.fullName}\n`);
}

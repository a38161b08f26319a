// Runs many hub tests, on as many threads as pay off. From sources (tests, tsx) threads cannot load the code,
// and everything runs in this one.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { TestResult } from '@parapet/engine';
import { isAppsecPlace, runAppsecTests } from './appsecTests.ts';
import type { TestPlace } from './findTests.ts';
import { createTestRunner, type RunSettings } from './testRunner.ts';

export interface NamedResult {
  readonly name: string;
  readonly result: TestResult;
}

/** A thread needs about as long to start as this many tests to run. */
const TESTS_PER_THREAD = 20;
const MAX_THREADS = 4;

/** Returns the results in the order of the tests, of whichever kind; `onResult` is told as they come. */
export async function runTests(
  tests: readonly TestPlace[],
  settings: RunSettings,
  onResult: (done: number, name: string) => Promise<void>,
): Promise<readonly NamedResult[]> {
  const ofRequests = tests.filter(isAppsecPlace);
  const ofLines = tests.filter((test) => !ofRequests.includes(test));
  const lineResults = await runLineTests(ofLines, settings, onResult);
  let done = ofLines.length;
  const requestResults = await runAppsecTests(ofRequests, settings, async (name) => onResult(++done, name));
  const byPath = new Map<string, NamedResult>();
  for (const [index, result] of lineResults.entries()) byPath.set(ofLines[index]!.path, result);
  for (const [index, result] of requestResults.entries()) {
    const { name, path } = ofRequests[index]!;
    byPath.set(path, { name, result });
  }
  return tests.map(({ path }) => byPath.get(path)!); // each is in one of the two
}

async function runLineTests(
  tests: readonly TestPlace[],
  settings: RunSettings,
  onResult: (done: number, name: string) => Promise<void>,
): Promise<readonly NamedResult[]> {
  const threads = Math.min(
    availableParallelism(),
    MAX_THREADS,
    Math.ceil(tests.length / TESTS_PER_THREAD),
    import.meta.url.endsWith('.js') ? Number.POSITIVE_INFINITY : 1,
  );
  if (threads > 1) return runOnThreads(threads, tests, settings, onResult);
  const run = createTestRunner(settings);
  const results: NamedResult[] = [];
  for (const test of tests) {
    results.push({ name: test.name, result: runGuarded(run, test) });
    await onResult(results.length, test.name);
  }
  return results;
}

/** A test that breaks the engine is a failed test, and the others go on. */
export function runGuarded(run: (test: TestPlace) => TestResult, test: TestPlace): TestResult {
  try {
    return run(test);
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
}

function broken(reason: string): TestResult {
  return { outcome: 'failed', reasons: [`the test could not be run to its end: ${reason}`] };
}

async function runOnThreads(
  threads: number,
  tests: readonly TestPlace[],
  settings: RunSettings,
  onResult: (done: number, name: string) => Promise<void>,
): Promise<readonly NamedResult[]> {
  const results = new Array<TestResult | undefined>(tests.length);
  let next = 0;
  let done = 0;
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      const worker = new Worker(new URL('./testWorker.js', import.meta.url), { workerData: settings });
      let current = -1;
      const give = (): void => {
        const test = tests[next];
        if (test === undefined) {
          void worker.terminate();
          return;
        }
        current = next++;
        worker.postMessage({ index: current, test });
      };
      const take = (result: TestResult): void => {
        results[current] = result;
        done++;
        void onResult(done, tests[current]!.name);
        current = -1;
      };
      worker.on('message', ({ result }: { result: TestResult }) => {
        take(result);
        give();
      });
      worker.on('error', (error) => {
        if (current >= 0) take(broken(error.message));
      });
      worker.on('exit', () => {
        if (current >= 0) take(broken('its thread ended'));
        resolve();
      });
      give();
    });
  // A thread that died leaves its share to the others; when all have died, new ones go on.
  while (next < tests.length) await Promise.all(Array.from({ length: threads }, work));
  return tests.map(({ name }, index) => ({ name, result: results[index] ?? broken('no thread took it') }));
}

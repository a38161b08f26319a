// A thread that runs hub tests: one comes in as a message, its result goes out.

import { parentPort, workerData } from 'node:worker_threads';
import type { TestPlace } from './findTests.ts';
import { runGuarded } from './runTests.ts';
import { createTestRunner, type RunSettings } from './testRunner.ts';

const run = createTestRunner(workerData as RunSettings); // what runTests.ts has put there
parentPort?.on('message', ({ index, test }: { index: number; test: TestPlace }) => {
  parentPort?.postMessage({ index, result: runGuarded(run, test) });
});

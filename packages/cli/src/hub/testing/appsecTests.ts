// Runs the tests of appsec-rules that are folders on disk, several at a time, each against a site of its own.

import path from 'node:path';
import { Hub, isAppsecTest, runAppsecTest, type TestResult } from '@parapet/engine';
import { dataFilesOf } from '../collectItems.ts';
import { readHubFolder } from '../hubFolder.ts';
import type { TestPlace } from './findTests.ts';
import { sendBytes } from './sendBytes.ts';
import { startTestSites } from './siteProcess.ts';
import { testFolder, type RunSettings } from './testRunner.ts';

/** Waiting for sockets is most of a test. */
const AT_ONCE = 8;

/** Whether a test is one of these. */
export function isAppsecPlace(test: TestPlace): boolean {
  return isAppsecTest(testFolder(test));
}

/** Returns the results in the order of the tests; `onResult` is told as they come. */
export async function runAppsecTests(
  tests: readonly TestPlace[],
  settings: RunSettings,
  onResult: (name: string) => Promise<void>,
): Promise<readonly TestResult[]> {
  if (tests.length === 0) return [];
  const hub = new Hub(settings.hubFolders.map(readHubFolder));
  const results = new Array<TestResult | undefined>(tests.length);
  const sites = await startTestSites();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tests.length; index = next++) {
      const test = tests[index]!;
      const dataFolders = [path.join(test.path, 'data'), ...settings.dataFolders];
      results[index] = await runAppsecTest(testFolder(test), {
        hub,
        appsec: { dataFile: dataFilesOf(dataFolders) },
        random: Math.random,
        nowMs: () => settings.nowMs,
        protect: async (files) => {
          const site = await sites.open({
            files: files.map(({ path: file, text }) => ({ path: file, text })),
            dataFolders,
          });
          return {
            target: { hostname: `127.0.0.1:${site.port}` },
            send: async (bytes, timeoutMs) => sendBytes(site.port, bytes, timeoutMs),
            close: async () => site.close(),
          };
        },
      }).catch((error: unknown) => broken(error));
      await onResult(test.name);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, tests.length) }, work));
  } finally {
    await sites.end();
  }
  return results.map((result) => result ?? broken('it was not run'));
}

function broken(error: unknown): TestResult {
  const reason = error instanceof Error ? error.message : String(error);
  return { outcome: 'failed', reasons: [`the test could not be run to its end: ${reason}`] };
}

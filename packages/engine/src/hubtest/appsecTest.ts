// A hub test of appsec-rules: a folder with config.yaml and a request template. A site is put behind the rules that the
// test names, the template's requests are sent to it, and their answers have to be what the template expects.

import type { Problem } from '@parapet/kinds';
import {
  loadAppsecRules,
  type AppsecContext,
  type AppsecRuleFile,
} from '../detectors/content/appsec/index.ts';
import { readDocuments, type Hub, type MapReader } from '../items/index.ts';
import type { TestResult } from './runTest.ts';
import { readTemplate, runTemplate, type TemplateSurroundings } from './templates/index.ts';
import { readAppsecItems, readTestFile, type TestFolder } from './testItems.ts';

/** A site behind the rules of one test. */
export interface ProtectedSite extends Pick<TemplateSurroundings, 'target' | 'send'> {
  close(): Promise<void>;
}

export interface AppsecTestSurroundings extends Pick<TemplateSurroundings, 'random' | 'nowMs'> {
  readonly hub: Hub;
  readonly appsec: AppsecContext;
  /** Puts up a site that answers 404, and 200 at `/`; what the rules of the files match is answered with 403. */
  readonly protect: (files: readonly AppsecRuleFile[]) => Promise<ProtectedSite>;
}

/** Whether a folder holds a test of appsec-rules. */
export function isAppsecTest(folder: TestFolder): boolean {
  const config = configOf(folder, []);
  return (
    config !== undefined &&
    (config.has('nuclei_template') || config.strings('appsec-rules').some((one) => one !== ''))
  );
}

/** Runs one test. Never rejects for anything that the test's files hold. */
export async function runAppsecTest(
  folder: TestFolder,
  surroundings: AppsecTestSurroundings,
): Promise<TestResult> {
  const problems: Problem[] = [];
  const config = configOf(folder, problems);
  if (config === undefined) return failed(problems.map(({ message }) => message));
  const items = readAppsecItems(config, folder, surroundings.hub);
  if (items.missing.length > 0) {
    return { outcome: 'skipped', reason: `broken upstream: the hub has no ${items.missing.join(', ')}` };
  }
  const loaded = loadAppsecRules(items.found, surroundings.appsec);
  if (loaded.problems.length > 0) {
    return failed(
      loaded.problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
    );
  }
  if (loaded.rules.length === 0 && loaded.skipped.length > 0) {
    const reasons = loaded.skipped.map(({ name, reason }) => `'${name}' ${reason}`);
    return { outcome: 'skipped', reason: `there is no rule to test: ${reasons.join(', ')}` };
  }
  const named = config.string('nuclei_template') ?? '';
  const text = readTestFile(folder, named);
  if (text === undefined)
    return { outcome: 'skipped', reason: `broken upstream: there is no template '${named}'` };
  const read = readTemplate(`${folder.path}/${named}`, text, (file) => readTestFile(folder, file));
  if (!read.ok) return failed([read.reason]);
  const site = await surroundings.protect(items.found);
  try {
    const result = await runTemplate(read.template, {
      ...surroundings,
      target: site.target,
      send: site.send,
    });
    if (result.fault !== undefined) return failed([result.fault, ...result.exchanges]);
    const isFailureExpected = config.boolean('expect_failure') === true;
    if (result.isMatched !== isFailureExpected)
      return { outcome: 'passed', assertions: result.exchanges.length };
    const reason = isFailureExpected
      ? 'the answers are what the template expects, and the test says that they must not be'
      : 'the answers are not what the template expects';
    return failed([reason, ...result.exchanges]);
  } finally {
    await site.close();
  }
}

function configOf(folder: TestFolder, problems: Problem[]): MapReader | undefined {
  const text = folder.read('config.yaml');
  if (text === undefined) return undefined;
  return readDocuments(`${folder.path}/config.yaml`, text, problems)[0]?.root;
}

function failed(reasons: readonly string[]): TestResult {
  return { outcome: 'failed', reasons };
}

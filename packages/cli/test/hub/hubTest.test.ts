import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runHub, writeFiles } from './hubSite.ts';

const HUB: Readonly<Record<string, string>> = {
  'hub/parsers/s00-raw/acme/raw.yaml':
    'name: acme/raw\nfilter: "true"\nonsuccess: next_stage\nstatics:\n  - parsed: message\n    expression: evt.Line.Raw\n',
  'hub/parsers/s01-parse/acme/door.yaml': `name: acme/door
filter: evt.Line.Labels.type == "door"
onsuccess: next_stage
grok:
  pattern: "^%{TIMESTAMP_ISO8601:at} %{WORD:what} from %{IP:ip}"
  apply_on: message
statics:
  - target: evt.StrTime
    expression: evt.Parsed.at
  - meta: what
    expression: evt.Parsed.what
  - meta: source_ip
    expression: evt.Parsed.ip
  - meta: house
    expression: evt.Line.Labels.house
`,
  'hub/parsers/s02-enrich/acme/time.yaml':
    'name: acme/time\nfilter: evt.StrTime != ""\nstatics:\n  - method: ParseDate\n    expression: evt.StrTime\n  - target: MarshaledTime\n    expression: evt.Enriched.MarshaledTime\n',
  'hub/scenarios/acme/knock.yaml': `type: leaky
name: acme/knock
description: knocks three times
filter: evt.Meta.what == "knock"
groupby: evt.Meta.source_ip
capacity: 2
leakspeed: 10s
blackhole: 1m
labels:
  remediation: true
`,
};

const LOG = ['0', '1', '2'].map((s) => `2026-01-01T00:00:0${s}Z knock from 192.0.2.1`).join('\n');
const PARSERS = 'parsers:\n  - acme/raw\n  - acme/door\n  - acme/time\n';
const CONFIG = `${PARSERS}scenarios:\n  - acme/knock\nlog_file: door.log\nlog_type: door\nlabels:\n  house: red\n`;
const SCENARIO_ASSERT =
  'len(results) == 1\nresults[0].Overflow.Alert.GetScenario() == "acme/knock"\n"192.0.2.1" in results[0].Overflow.GetSources()\n';
const PARSER_ASSERT =
  'results["s01-parse"]["acme/door"][0].Success == true\nresults["s01-parse"]["acme/door"][2].Evt.Meta["house"] == "red"\n';

function siteWith(tests: Record<string, Record<string, string>>): string {
  const site = newFolder(HUB);
  for (const [name, files] of Object.entries(tests)) {
    const all = { 'config.yaml': CONFIG, 'door.log': LOG, 'scenario.assert': SCENARIO_ASSERT, ...files };
    for (const [file, text] of Object.entries(all)) writeFiles(site, { [`hub/tests/${name}/${file}`]: text });
  }
  return site;
}

interface Verdicts {
  readonly passed: readonly string[];
  readonly failed: readonly { name: string; reason: string }[];
  readonly skipped: readonly { name: string; reason: string }[];
}

async function verdictsOf(site: string, ...words: string[]): Promise<Verdicts & { code: number }> {
  const { out, err, code } = await runHub(site, ['test', 'hub/tests', '--json', ...words]);
  expect(err).toBe('');
  return { ...JSON.parse(out), code };
}

describe('hub test', () => {
  it('passes when all assertions on parsers and scenarios are true', async () => {
    const site = siteWith({ one: { 'parser.assert': PARSER_ASSERT } });
    expect(await verdictsOf(site)).toEqual({ passed: ['one'], failed: [], skipped: [], code: 0 });
    const single = await runHub(site, ['test', 'hub/tests/one']);
    expect(single.out).toBe('1 passed (5 assertions), 0 failed, 0 skipped, in 0.0 s\n');
  });

  it('fails with every false line and what is really there', async () => {
    const wrong = `${PARSER_ASSERT}results["s01-parse"]["acme/door"][0].Evt.Meta["what"] == "ring"\nlen(results\n`;
    const site = siteWith({ wrong: { 'parser.assert': wrong }, right: {} });
    const { passed, failed, code } = await verdictsOf(site);
    expect([passed, code]).toEqual([['right'], 1]);
    expect(failed[0]!.reason).toContain('parser.assert:3: not true, it is "knock"');
    expect(failed[0]!.reason).toContain('parser.assert:4: cannot be read');
    const { out } = await runHub(site, ['test', 'hub/tests'], {}, true);
    expect(out).toMatch(/FAILED {2}wrong\n {10}parser\.assert:3/);
  });

  it('finds items by hub path, by path in its own folder and in that of another test', async () => {
    const parser = HUB['hub/parsers/s01-parse/acme/door.yaml']!;
    const using = (written: string): string => CONFIG.replace('acme/door', written);
    const site = siteWith({
      hubPath: { 'config.yaml': using('./parsers/s01-parse/acme/door.yaml') },
      leadingSlash: { 'config.yaml': using('/parsers/s01-parse/acme/door.yaml') },
      twice: { 'config.yaml': using('acme/door\n  - parsers/s01-parse/acme/door.yaml') },
      own: {
        'config.yaml': using('./parsers/s01-parse/acme/mine.yaml'),
        'parsers/s01-parse/acme/mine.yaml': parser,
      },
      sibling: { 'config.yaml': using('./.tests/own/parsers/s01-parse/acme/mine.yaml') },
      relativeSibling: { 'config.yaml': using('../own/parsers/s01-parse/acme/mine.yaml') },
      absentSibling: { 'config.yaml': using('./.tests/gone/parsers/s01-parse/acme/door.yaml') },
      outside: { 'config.yaml': using('../../../../etc/parsers/s01-parse/acme/door.yaml') },
      machinePath: { 'config.yaml': using('/root/hub/parsers/s01-parse/acme/door.yaml') },
    });
    const { passed, failed, skipped } = await verdictsOf(site);
    expect(failed).toEqual([]);
    expect(passed.toSorted()).toEqual([
      'absentSibling',
      'hubPath',
      'leadingSlash',
      'own',
      'relativeSibling',
      'sibling',
      'twice',
    ]);
    expect(skipped.map(({ name }) => name)).toEqual(['machinePath', 'outside']);
    expect(skipped[0]!.reason).toContain("the hub has no parser '/root/hub/parsers");
  });

  it('skips what cannot be run, each with its reason', async () => {
    const scenario = HUB['hub/scenarios/acme/knock.yaml']!;
    const needy = scenario.replace('labels:', 'data:\n  - dest_file: list.txt\n    type: string\nlabels:');
    const needing = { 'config.yaml': CONFIG.replace('acme/knock', './scenarios/acme/needy.yaml') };
    const site = siteWith({
      appsec: { 'config.yaml': 'appsec-rules:\n  - acme/gone\nnuclei_template: t.yaml\n' },
      data: { ...needing, 'scenarios/acme/needy.yaml': needy },
      dataOfItsOwn: { ...needing, 'scenarios/acme/needy.yaml': needy, 'data/list.txt': 'x\n' },
      empty: { 'scenario.assert': '' },
      noLog: { 'config.yaml': CONFIG.replace('door.log', 'gone.log') },
    });
    fs.mkdirSync(path.join(site, 'hub/tests/nothing'));
    const { passed, failed, skipped, code } = await verdictsOf(site);
    expect([passed, failed, code]).toEqual([['dataOfItsOwn'], [], 0]);
    expect(Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      appsec: expect.stringContaining("the hub has no appsec-rule 'acme/gone'"),
      data: expect.stringContaining("The data file 'list.txt' is not there"),
      empty: 'it asserts nothing',
      noLog: expect.stringContaining("no log 'gone.log'"),
      nothing: 'it has no config.yaml',
    });
    writeFiles(site, { 'lists/list.txt': 'x\n' });
    expect((await verdictsOf(site, '--data', 'lists')).passed).toEqual(['data', 'dataOfItsOwn']);
  });

  it('does not trip over misspelt keys, empty names and other types than expected', async () => {
    const site = siteWith({
      misspelt: {
        'config.yaml': `ostoverflows:\n  - ""\ncollections:\n  - acme/none\n${CONFIG}own_data_dir: true\n`,
      },
      empties: { 'config.yaml': `postoverflows:\n  - ""\noverride_statics: []\n${CONFIG}` },
      nulls: { 'config.yaml': 'parsers:\nscenarios:\nlog_file:\nlabels: {}\n' },
      list: { 'config.yaml': '- a\n- b\n' },
      yaml: { 'config.yaml': 'parsers: [\n' },
      wrongTypes: { 'config.yaml': 'parsers: {a: b}\nscenarios: 3\nlog_file: [x]\nignore_parsers: maybe\n' },
    });
    const { passed, failed, skipped } = await verdictsOf(site);
    expect(passed).toEqual(['empties', 'misspelt']);
    expect(failed.map(({ name }) => name)).toEqual(['list', 'yaml']);
    expect(skipped.map(({ name }) => name)).toEqual(['nulls', 'wrongTypes']);
  });

  it('uses the hub above the test, and our own items besides', async () => {
    const own = PARSERS.replace('acme/time', 'parapet/date');
    const site = siteWith({ own: { 'config.yaml': CONFIG.replace(PARSERS, own) } });
    expect((await verdictsOf(site)).passed).toEqual(['own']);
  });

  it('ends with 2 when a folder cannot be read or holds no tests', async () => {
    const site = siteWith({ one: {} });
    fs.mkdirSync(path.join(site, 'empty'));
    const test = async (...words: string[]): Promise<readonly unknown[]> => {
      const { code, err } = await runHub(site, ['test', ...words]);
      return [code, /\((E_[A-Z_]+)\)\n/.exec(err)?.[1]];
    };
    expect(await test('gone')).toEqual([2, 'E_HUB_TEST_FOLDER']);
    expect(await test('empty')).toEqual([2, 'E_HUB_TEST_FOLDER']);
    expect(await test('hub/tests', '--hub', 'gone')).toEqual([2, 'E_HUB_FOLDER']);
    expect(await test('hub/tests', '--hub', 'empty')).toEqual([2, 'E_HUB_FOLDER']);
    expect(await test('hub/tests', '--geo-city', 'hub/tests/one/door.log')).toEqual([2, 'E_GEO_UNREADABLE']);
  });
});

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const TESTS = path.join(SHARED, 'data/hub/tests');

describe.skipIf(!fs.existsSync(TESTS))("CrowdSec's own hub tests (skipped without ../shared/data)", () => {
  it('pass, but those that need GeoLite data or are broken upstream', { timeout: 180_000 }, async () => {
    const { out, code } = await runHub(newFolder(), ['test', TESTS, '--json']);
    const { passed, failed, skipped }: Verdicts = JSON.parse(out);
    expect([failed, code]).toEqual([[], 0]);
    expect(passed.length).toBeGreaterThanOrEqual(208);
    for (const { reason } of skipped) expect(reason).toMatch(/^(broken upstream|it needs the GeoLite2)/);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RuleMode } from '@parapet/kinds';
import { describe, expect, test } from 'vitest';
import { Allowlist } from '../../src/decisions/index.ts';
import { BucketManager, Overflow, type Scenario } from '../../src/detectors/index.ts';
import { EventSchema, type Event } from '../../src/events/index.ts';
import {
  AllowlistRule,
  Judge,
  MajorityRule,
  PrivateAddressRule,
  SearchEngineRule,
  TrafficShare,
  WideRangeRule,
  type NeverRule,
} from '../../src/verdicts/index.ts';
import { at, eventOf, meta, program, scenarioOf, START } from '../detectors/buckets/build.ts';

const schema = new EventSchema();

function managerOf(...scenarios: readonly Partial<Scenario>[]): BucketManager {
  return new BucketManager({ scenarios: scenarios.map(scenarioOf), schema, clock: 'event' });
}

function judgeWith(
  rules: readonly NeverRule[] = [],
  postOverflows?: { parse(event: Event): unknown },
  chosen?: (scenario: string) => RuleMode | undefined,
): Judge {
  let next = 0;
  return new Judge({
    schema,
    neverRules: rules,
    idOf: () => `id-${++next}`,
    ...(postOverflows === undefined ? {} : { postOverflows }),
    ...(chosen === undefined ? {} : { chosen }),
  });
}

const trigger = { type: 'trigger', capacity: 0, name: 'x/trap', labels: { service: 'http' } } as const;

function overflowOf(ip: string, scenario: Partial<Scenario> = trigger): Overflow {
  const event = eventOf(schema, { time: at(1), meta: { source_ip: ip, path: '/trap' } });
  return managerOf(scenario).pour(event, START)[0]!;
}

test('an alert tells who, what, when and with what evidence', () => {
  const { alerts } = judgeWith().judge(overflowOf('203.0.113.7'));
  expect(alerts).toEqual([
    {
      id: 'id-1',
      scenario: 'x/trap',
      scenarioVersion: '',
      scenarioHash: '',
      source: { scope: 'ip', value: '203.0.113.7', ip: '203.0.113.7' },
      startAt: new Date(START + 1000),
      stopAt: new Date(START + 1000),
      knownAt: new Date(START + 1000),
      eventsCount: 1,
      events: [
        {
          at: new Date(START + 1000),
          meta: [
            ['path', '/trap'],
            ['source_ip', '203.0.113.7'],
          ],
        },
      ],
      message: "Ip 203.0.113.7 performed 'x/trap' (1 events over 0s) at 2020-01-01 10:00:01 +0000 UTC",
      remediation: true,
      simulated: false,
      labels: { service: 'http' },
      capacity: 0,
      leakSpeedMs: 10_000,
    },
  ]);
});

test('one alert per source', () => {
  const manager = managerOf({ capacity: 1, groupBy: meta('user') });
  manager.pour(eventOf(schema, { time: at(0), meta: { source_ip: '203.0.113.1', user: 'root' } }), START);
  const [overflow] = manager.pour(
    eventOf(schema, { time: at(1), meta: { source_ip: '203.0.113.2', user: 'root' } }),
    START,
  );
  expect(
    judgeWith()
      .judge(overflow!)
      .alerts.map(({ source }) => source.value),
  ).toEqual(['203.0.113.1', '203.0.113.2']);
});

describe('post-overflow parsers', () => {
  test('may let an overflow go', () => {
    const whitelist = {
      parse: (event: Event) => {
        event.whitelisted = true;
        event.whitelistReason = 'a friend';
      },
    };
    const verdict = judgeWith([], whitelist).judge(overflowOf('203.0.113.7'));
    expect(verdict).toMatchObject({ whitelisted: true, whitelistReason: 'a friend', alerts: [] });
  });

  test('may widen an address to its network; evidence and hub tests keep the address', () => {
    const widen = {
      parse: ({ overflow }: Event) => {
        const source = overflow instanceof Overflow ? overflow.alerts[0]!.fields.source : undefined;
        source!.setField('Scope', 'Range');
        source!.setField('Value', '2001:db8::/64');
      },
    };
    const verdict = judgeWith([], widen).judge(overflowOf('2001:db8::7'));
    expect(verdict.alerts[0]!.source).toMatchObject({ scope: 'range', value: '2001:db8::/64' });
    expect(verdict.overflow.method('GetSources')!([])).toEqual(['2001:db8::7']);
  });

  test('see the overflow as CrowdSec shows it', () => {
    let seen: unknown;
    const look = {
      parse: ({ kind, overflow }: Event) => {
        const alert = overflow!.field('Alert');
        seen = {
          kind,
          alert: alert instanceof Object && 'field' in alert ? alert.field('Scenario') : undefined,
        };
      },
    };
    judgeWith([], look).judge(overflowOf('203.0.113.7'));
    expect(seen).toEqual({ kind: 'overflow', alert: 'x/trap' });
  });
});

describe('reprocess', () => {
  const isOverflow = program(({ evt }) => evt.kind === 'overflow');
  const isLog = program(({ evt }) => evt.kind === 'log');
  const rangeOfSource = program(({ evt }) =>
    evt.overflow instanceof Overflow ? evt.overflow.alerts[0]!.fields.source.fields.range : '',
  );

  test('pours overflows again: many bad addresses of a network make the network bad', () => {
    const manager = managerOf(
      { ...trigger, filter: isLog, reprocess: true },
      {
        name: 'x/network',
        capacity: 2,
        filter: isOverflow,
        groupBy: rangeOfSource,
        scope: { name: 'Range', expression: undefined },
      },
    );
    const judge = judgeWith();
    const verdicts = [1, 2, 3].flatMap((host) => {
      const event = eventOf(schema, {
        time: at(host),
        meta: { source_ip: `203.0.113.${host}`, SourceRange: '203.0.113.0/24' },
      });
      return judge.judgeAll(manager.pour(event, START), (again) => manager.pour(again, START));
    });
    expect(
      verdicts.map(({ alerts }) => [alerts[0]!.scenario, alerts[0]!.source.scope, alerts[0]!.source.value]),
    ).toEqual([
      ['x/trap', 'ip', '203.0.113.1'],
      ['x/trap', 'ip', '203.0.113.2'],
      ['x/trap', 'ip', '203.0.113.3'],
      ['x/network', 'range', '203.0.113.0/24'],
    ]);
    expect(verdicts[3]!.alerts[0]!.eventsCount).toBe(3);
  });

  test('of an overflow that its own scenario takes in comes to an end', () => {
    const manager = managerOf({ ...trigger, reprocess: true });
    const event = eventOf(schema, { time: at(0), meta: { source_ip: '203.0.113.1' } });
    const verdicts = judgeWith().judgeAll(manager.pour(event, START), (again) => manager.pour(again, START));
    expect(verdicts).toHaveLength(8);
  });

  test('is not for what a whitelist let go', () => {
    const whitelist = { parse: (event: Event) => (event.whitelisted = true) };
    const verdicts = judgeWith([], whitelist).judgeAll(
      [overflowOf('203.0.113.7', { ...trigger, reprocess: true })],
      () => {
        throw new Error('poured again');
      },
    );
    expect(verdicts).toHaveLength(1);
  });
});

describe('never-rules keep the alert and say why nothing is decided', () => {
  const spared = (ip: string, ...rules: readonly NeverRule[]) =>
    judgeWith(rules).judge(overflowOf(ip)).alerts[0]!.spared;

  test('private, loopback and reserved addresses', () => {
    const rule = new PrivateAddressRule();
    for (const ip of [
      '10.0.0.5',
      '127.0.0.1',
      '172.17.0.1',
      '192.168.1.1',
      '::1',
      'fd00::1',
      '169.254.1.1',
    ]) {
      expect(spared(ip, rule)).toContain(ip);
    }
    expect(spared('203.0.113.7', rule)).toBeUndefined();
    const judge = judgeWith([rule]);
    judge.judge(overflowOf('10.0.0.5'));
    expect(judge.takeFindings().map(({ ip }) => ip)).toContain('10.0.0.5');
    judge.judge(overflowOf('10.0.0.5'));
    expect(judge.takeFindings()).toEqual([]);
  });

  test('ranges that hold private addresses, or whole countries', () => {
    const range = (value: string) => ({ scope: 'range', value });
    expect(new PrivateAddressRule().spare(range('192.168.3.0/24'))).toBeDefined();
    expect(new PrivateAddressRule().spare(range('172.0.0.0/8'))).toBeDefined();
    expect(new PrivateAddressRule().spare(range('203.0.113.0/24'))).toBeUndefined();
    expect(new WideRangeRule().spare(range('32.0.0.0/5'))).toBeDefined();
    expect(new WideRangeRule().spare(range('32.0.0.0/8'))).toBeUndefined();
  });

  test('the proxy that most requests come through', () => {
    const traffic = new TrafficShare(schema);
    for (let i = 0; i < 1200; i++) {
      const event = eventOf(schema, {
        meta: { source_ip: '203.0.113.80', http_status: '200', http_user_agent: `browser ${i % 30}` },
      });
      traffic.observe(event, START + i * 100);
    }
    expect(spared('203.0.113.80', new MajorityRule(traffic))).toMatch(/^203\.0\.113\.80 looks like a proxy/);
    expect(spared('203.0.113.81', new MajorityRule(traffic))).toBeUndefined();
  });

  test('what the operator allows, with the comment', () => {
    const allowlist = new Allowlist();
    allowlist.add('203.0.113.0/28', 'our office');
    expect(spared('203.0.113.7', new AllowlistRule(allowlist))).toBe(
      '203.0.113.7 is on the allowlist as 203.0.113.0/28 (our office)',
    );
  });

  test('search engines, by the ranges they publish', () => {
    const rule = new SearchEngineRule([
      ['bots.txt', '# a list\n203.0.113.64/27\n2001:db8:4::/48\nnonsense\n'],
    ]);
    expect(spared('203.0.113.66', rule)).toBe('203.0.113.66 belongs to a verified search engine (bots.txt)');
    expect(spared('2001:db8:4::1', rule)).toBeDefined();
    expect(spared('203.0.113.7', rule)).toBeUndefined();
  });

  const shared = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
  const list = path.join(shared, 'data/hub/data/ip_seo_bots.txt');
  test.skipIf(!existsSync(list))("the hub's list of search engines is read", () => {
    const rule = new SearchEngineRule([['ip_seo_bots.txt', readFileSync(list, 'utf8')]]);
    const first = readFileSync(list, 'utf8')
      .split('\n')
      .find((line) => /^\d/.test(line))!
      .split('/')[0]!;
    expect(spared(first, rule)).toContain('search engine');
  });
});

test('what somebody chose for a scenario counts from the next time that it speaks', () => {
  let mode: RuleMode | undefined;
  const judge = judgeWith([], undefined, (name) => (name === 'x/trap' ? mode : undefined));
  const simulated = (): readonly boolean[] =>
    judge.judge(overflowOf('203.0.113.7')).alerts.map((alert) => alert.simulated);
  expect(simulated()).toEqual([false]);
  mode = 'observe';
  expect(simulated()).toEqual([true]);
  mode = 'off';
  expect(simulated()).toEqual([]);
  mode = 'enforce';
  expect(simulated()).toEqual([false]);
});

test('a scenario that is off starts no others', () => {
  const judge = judgeWith([], undefined, () => 'off');
  const again = overflowOf('203.0.113.7', { ...trigger, reprocess: true });
  let poured = 0;
  judge.judgeAll([again], () => [(poured++, again)]);
  expect(poured).toBe(0);
});

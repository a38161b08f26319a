// Whole scenarios, as YAML, against short stories: who does what, and whom an overflow tells of.

import { describe, expect, test } from 'vitest';
import { EventSchema } from '../../../src/events/event.ts';
import { BucketManager, loadScenarios, type Overflow } from '../../../src/detectors/buckets/index.ts';
import { at, eventOf, START, type EventDraft } from './build.ts';
import { helpers } from './helpers.ts';

type Step = readonly [second: number, meta: Readonly<Record<string, string>>, more?: EventDraft];

function tell(yaml: string, steps: readonly Step[]): readonly Overflow[] {
  const schema = new EventSchema();
  const { scenarios, problems } = loadScenarios('story.yaml', yaml, { schema, functions: helpers() });
  expect(problems).toEqual([]);
  const manager = new BucketManager({ scenarios, schema, clock: 'event' });
  const overflows: Overflow[] = [];
  for (const [second, meta, more] of steps) {
    const event = eventOf(schema, { time: at(second), meta, ...more });
    overflows.push(...manager.pour(event, START));
  }
  overflows.push(...manager.stop());
  expect(manager.faults.list()).toEqual([]);
  return overflows;
}

function summary(overflows: readonly Overflow[]): unknown[] {
  return overflows.map(({ facts }) => [facts.scenario.name, facts.eventsCount, [...facts.sources.keys()]]);
}

const BF = `type: leaky
name: story/login-bf
description: failed logins of one address
filter: "evt.Meta.log_type == 'auth_failed'"
groupby: evt.Meta.source_ip
leakspeed: 10s
capacity: 3
blackhole: 1m
labels: { remediation: true }
`;
const failed = (ip: string, user = 'root') => ({ log_type: 'auth_failed', source_ip: ip, user });

describe('failed logins', () => {
  test('a robot that guesses every second is told of once, while it goes on for a minute', () => {
    const steps = Array.from({ length: 60 }, (_, i): Step => [i, failed('203.0.113.66')]);
    expect(summary(tell(BF, steps))).toEqual([['story/login-bf', 4, ['203.0.113.66']]]);
  });

  test('a robot that waits longer than the leak is not', () => {
    const steps = Array.from({ length: 60 }, (_, i): Step => [i * 11, failed('203.0.113.66')]);
    expect(tell(BF, steps)).toEqual([]);
  });

  test('an editor who mistypes three times and then gets in is not', () => {
    const steps: Step[] = [0, 8, 15].map((second): Step => [second, failed('198.51.100.20', 'editor')]);
    expect(tell(BF, [...steps, [20, { log_type: 'auth_success', source_ip: '198.51.100.20' }]])).toEqual([]);
  });

  test('a login that succeeds wipes the slate where the scenario says so', () => {
    const yaml = `${BF.replace("evt.Meta.log_type == 'auth_failed'", "evt.Meta.log_type in ['auth_failed', 'auth_success']")}cancel_on: "evt.Meta.log_type == 'auth_success'"\n`;
    const steps: Step[] = [
      [0, failed('198.51.100.20')],
      [1, failed('198.51.100.20')],
      [2, failed('198.51.100.20')],
      [3, { log_type: 'auth_success', source_ip: '198.51.100.20' }],
      [4, failed('198.51.100.20')],
      [5, failed('198.51.100.20')],
      [6, failed('198.51.100.20')],
    ];
    expect(tell(yaml, steps)).toEqual([]);
    expect(tell(yaml, [...steps, [7, failed('198.51.100.20')]])).toHaveLength(1);
  });

  test('one account tried from many addresses tells of all of them', () => {
    const yaml = BF.replace(
      'groupby: evt.Meta.source_ip',
      'groupby: evt.Meta.user\ndistinct: evt.Meta.source_ip',
    );
    const steps = [1, 2, 2, 3, 4].map((host, i): Step => [i, failed(`203.0.113.${host}`, 'admin')]);
    expect(summary(tell(yaml, steps))).toEqual([
      ['story/login-bf', 4, ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4']],
    ]);
  });
});

test('a slow guesser is found by the median of its pauses, and a crowd of typists is not', () => {
  const yaml = `type: conditional
name: story/slow-bf
description: guesses with long pauses
filter: "evt.Meta.log_type == 'auth_failed'"
groupby: evt.Meta.source_ip
capacity: -1
leakspeed: 2h
condition: |
  let tries = filter(queue.Queue, {#.Meta.log_type == 'auth_failed'});
  len(tries) >= 4 && MedianInterval(map(tries[-4:], {#.Time})) > duration("10m")
labels: { remediation: true }
`;
  const slow = [0, 1200, 2400, 3600].map((second): Step => [second, failed('203.0.113.66')]);
  expect(summary(tell(yaml, slow))).toEqual([['story/slow-bf', 4, ['203.0.113.66']]]);
  const quick = [0, 20, 40, 60].map((second): Step => [second, failed('203.0.113.66')]);
  expect(tell(yaml, quick)).toEqual([]);
});

test('travel faster than a plane shows in the places of two logins', () => {
  const yaml = `type: conditional
name: story/travel
description: two places too far apart
filter: "evt.Meta.log_type == 'auth_success'"
groupby: evt.Meta.user
capacity: -1
leakspeed: 3h
condition: |
  len(queue.Queue) >= 2 and
  Distance(queue.Queue[-1].Enriched.Latitude, queue.Queue[-1].Enriched.Longitude,
    queue.Queue[-2].Enriched.Latitude, queue.Queue[-2].Enriched.Longitude) > 1000
scope: { type: username, expression: evt.Meta.user }
labels: {}
`;
  const login = (second: number, latitude: string, longitude: string): Step => [
    second,
    { log_type: 'auth_success', user: 'alice', source_ip: '203.0.113.1' },
    { enriched: { Latitude: latitude, Longitude: longitude } },
  ];
  expect(summary(tell(yaml, [login(0, '48.85', '2.35'), login(600, '40.71', '-74.0')]))).toEqual([
    ['story/travel', 2, ['alice']],
  ]);
  expect(tell(yaml, [login(0, '48.85', '2.35'), login(600, '45.76', '4.83')])).toEqual([]);
});

test('a suspicion that grows with each clue overflows when it is strong enough', () => {
  const yaml = `type: bayesian
name: story/clues
description: two clues together
filter: "evt.Meta.log_type in ['http', 'ssh']"
groupby: evt.Meta.source_ip
bayesian_prior: 0.5
bayesian_threshold: 0.8
bayesian_conditions:
  - condition: any(queue.Queue, {.Meta.path == "/setup"})
    prob_given_evil: 0.8
    prob_given_benign: 0.2
  - condition: any(queue.Queue, {.Meta.user == "admin"})
    prob_given_evil: 0.9
    prob_given_benign: 0.5
leakspeed: 30s
capacity: -1
labels: {}
`;
  const clues: Step[] = [
    [0, { log_type: 'http', source_ip: '2001:db8::e', path: '/setup' }],
    [1, { log_type: 'ssh', source_ip: '2001:db8::e', user: 'admin' }],
  ];
  expect(summary(tell(yaml, clues))).toEqual([['story/clues', 2, ['2001:db8::e']]]);
  expect(tell(yaml, [clues[0]!, [40, clues[1]![1]]])).toEqual([]);
});

test('an overflow filter keeps what weighs too little, next to a scenario that lets it pass', () => {
  const yaml = (name: string, weight: number) => `type: leaky
name: story/${name}
description: heavy requests
filter: "true"
groupby: evt.Meta.source_ip
leakspeed: 10s
capacity: 1
overflow_filter: any(queue.Queue, { Atof(.Meta.weight) > ${weight} })
labels: {}
`;
  const steps: Step[] = [
    [0, { source_ip: '203.0.113.1', weight: '1' }],
    [1, { source_ip: '203.0.113.1', weight: '2' }],
  ];
  expect(summary(tell(`${yaml('strict', 3)}---\n${yaml('lax', 1)}`, steps))).toEqual([
    ['story/lax', 2, ['203.0.113.1']],
  ]);
});

test('a counter tells at the end of its time how many there were', () => {
  const yaml = `type: counter
name: story/count
description: how many in a minute
filter: "true"
groupby: evt.Meta.source_ip
duration: 1m
capacity: -1
cache_size: 2
labels: {}
`;
  const steps = [0, 10, 20, 30, 61].map((second): Step => [second, { source_ip: '203.0.113.1' }]);
  const [first, ...rest] = tell(yaml, steps);
  expect(first!.facts).toMatchObject({ eventsCount: 4, overflowMs: START + 60_000 });
  expect(first!.facts.events).toHaveLength(3);
  expect(rest).toEqual([]);
});

test('a range expression makes the network the source', () => {
  const yaml = `type: leaky
name: story/network
description: a network
filter: "true"
groupby: evt.Meta.source_ip
leakspeed: 10s
capacity: 1
scope: { type: Range, expression: 'IpToRange(evt.Meta.source_ip, "/16")' }
labels: {}
`;
  const steps: Step[] = [
    [0, { source_ip: '203.0.113.1' }],
    [5, { source_ip: '203.0.113.1' }],
  ];
  const [overflow] = tell(yaml, steps);
  expect(overflow!.alerts[0]!.fields.source.fields).toMatchObject({
    scope: 'Range',
    value: '203.0.0.0/16',
    ip: '203.0.113.1',
  });
});

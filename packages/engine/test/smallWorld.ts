// A whole engine over a tiny log format, with a scenario of every kind: what a checkpoint has to carry.

import type { Alert, Decision } from '@parapet/kinds';
import { PERIMETER_DEFAULTS } from '../src/detectors/perimeter/index.ts';
import type { ItemFile } from '../src/items/index.ts';
import { loadPipeline, type LoadOptions } from '../src/load.ts';
import type { Pipeline } from '../src/pipeline.ts';

export const START = Date.UTC(2026, 0, 5, 10);

/** `TIME VERB IP PATH STATUS USER`; `open` says which name a session has, later lines give the session alone. */
const PARSER = `
name: test/lines
filter: "evt.Line.Labels.type == 'test'"
onsuccess: next_stage
nodes:
  - grok:
      pattern: "^%{TIMESTAMP_ISO8601:time} %{WORD:verb} %{IP:ip} %{NOTSPACE:path} %{INT:status} %{NOTSPACE:user}( %{GREEDYDATA:json})?$"
      apply_on: Line.Raw
    stash:
      - name: names
        key: evt.Parsed.user
        value: evt.Parsed.path
        ttl: 60s
        size: 5
      - name: often
        key: evt.Parsed.user
        value: evt.Parsed.verb
        ttl: 60s
        size: 4
        strategy: LFU
statics:
  - target: evt.StrTime
    expression: evt.Parsed.time
  - meta: source_ip
    expression: evt.Parsed.ip
  - meta: http_path
    expression: evt.Parsed.path
  - meta: http_status
    expression: evt.Parsed.status
  - meta: http_user_agent
    expression: evt.Parsed.user
  - meta: user
    expression: evt.Parsed.user
  - meta: verb
    expression: evt.Parsed.verb
  - meta: before
    expression: GetFromStash("names", evt.Parsed.path)
  - meta: often
    expression: GetFromStash("often", evt.Parsed.path)
`;

const DATES = `
name: test/dates
filter: evt.StrTime != ''
statics:
  - method: ParseDate
    expression: evt.StrTime
  - target: MarshaledTime
    expression: evt.Enriched.MarshaledTime
  - parsed: unused
    expression: "UnmarshalJSON(evt.Parsed.json, evt.Unmarshaled, 'body')"
`;

const HEAD = 'description: "a test"\nlabels:\n  remediation: true\n';

const SCENARIOS: Readonly<Record<string, string>> = {
  leaky:
    'type: leaky\nfilter: evt.Meta.verb == "get"\ngroupby: evt.Meta.source_ip\ncapacity: 4\nleakspeed: 7s\nblackhole: 40s',
  cached:
    'type: leaky\nfilter: evt.Meta.verb == "get"\ngroupby: evt.Meta.user\ncapacity: 5\nleakspeed: 9s\ncache_size: 3',
  distinct:
    'type: leaky\nfilter: evt.Meta.http_status == "404"\ngroupby: evt.Meta.source_ip\ndistinct: evt.Meta.http_path\ncapacity: 3\nleakspeed: 20s',
  cancelled:
    'type: leaky\nfilter: evt.Meta.verb in ["login", "welcome"]\ngroupby: evt.Meta.source_ip\ncancel_on: evt.Meta.verb == "welcome"\ncapacity: 2\nleakspeed: 30s\nblackhole: 20s',
  trap: 'type: trigger\nfilter: evt.Meta.http_path == "/trap"\ngroupby: evt.Meta.source_ip\nblackhole: 30s',
  counter:
    'type: counter\nfilter: evt.Meta.verb == "post"\ngroupby: evt.Meta.source_ip\ncapacity: -1\nduration: 30s',
  many: 'type: counter\nfilter: evt.Meta.verb == "post"\ncapacity: -1\nduration: 45s\noverflow_filter: len(queue.Queue) > 2',
  conditional:
    'type: conditional\nfilter: evt.Meta.verb == "get"\ngroupby: evt.Meta.user\ncapacity: -1\nleakspeed: 30s\ncondition: \'count(queue.Queue, #.Meta.http_path == "/admin") >= 2\'',
  unmarshaled:
    "type: conditional\nfilter: evt.Unmarshaled.body.n > 0\ngroupby: evt.Meta.source_ip\ncapacity: -1\nleakspeed: 30s\ncondition: 'any(queue.Queue[:-1], #.Unmarshaled.body.n == 2)'",
  bayesian: `type: bayesian
filter: evt.Meta.verb in ["get", "post"]
groupby: evt.Meta.source_ip
capacity: -1
leakspeed: 40s
bayesian_prior: 0.5
bayesian_threshold: 0.85
bayesian_conditions:
  - condition: evt.Meta.http_status == "404"
    prob_given_evil: 0.7
    prob_given_benign: 0.3
    guillotine: true
  - condition: evt.Meta.http_path == "/admin"
    prob_given_evil: 0.8
    prob_given_benign: 0.3
  - condition: len(queue.Queue) > 3
    prob_given_evil: 0.7
    prob_given_benign: 0.4`,
  scoped:
    'type: leaky\nfilter: evt.Meta.verb == "login"\ngroupby: evt.Meta.http_path\ncapacity: 2\nleakspeed: 15s\nscope:\n  type: User\n  expression: evt.Meta.user',
  renamed:
    'type: leaky\nfilter: evt.Meta.before == "/admin"\ngroupby: evt.Meta.source_ip\ncapacity: 1\nleakspeed: 30s',
  often:
    'type: leaky\nfilter: evt.Meta.often == "get"\ngroupby: evt.Meta.source_ip\ncapacity: 1\nleakspeed: 30s',
  source:
    'type: leaky\nfilter: evt.Meta.verb == "get" && evt.Meta.http_path == "/admin"\ngroupby: evt.Meta.source_ip\ncapacity: 1\nleakspeed: 90s\nreprocess: true',
  again:
    'type: leaky\nfilter: evt.Overflow.Alert.Scenario == "test/source"\ngroupby: evt.Overflow.Alert.Source.IP\ncapacity: 1\nleakspeed: 600s',
};

const POST_OVERFLOW = `
name: test/let-go
filter: evt.Overflow.Alert.Scenario == "test/counter"
whitelist:
  reason: small
  expression:
    - evt.Overflow.Alert.EventsCount < 2
`;

function scenario(name: string, text: string): ItemFile {
  const path = `scenarios/test/${name}.yaml`;
  return {
    kind: 'scenarios',
    name: `test/${name}`,
    stage: '',
    path,
    text: `name: test/${name}\n${HEAD}${text}\n`,
  };
}

const item = (kind: ItemFile['kind'], stage: string, name: string, text: string): ItemFile => ({
  kind,
  name,
  stage,
  path: `${kind}/${stage}/${name}.yaml`,
  text,
});

export const ITEMS: readonly ItemFile[] = [
  item('parsers', 's01-parse', 'test/lines', PARSER),
  item('parsers', 's02-enrich', 'test/dates', DATES),
  item('postoverflows', 's01-whitelist', 'test/let-go', POST_OVERFLOW),
  ...Object.entries(SCENARIOS).map(([name, text]) => scenario(name, text)),
];

export const SCENARIO_NAMES: readonly string[] = [
  ...Object.keys(SCENARIOS).map((name) => `test/${name}`),
  'parapet/perimeter',
];

/** The items with one scenario's text changed a little. */
export function itemsWithChanged(name: string): readonly ItemFile[] {
  return ITEMS.map((each) => (each.name === name ? { ...each, text: `${each.text}# changed\n` } : each));
}

export interface Told {
  readonly alert: Alert;
  readonly decisions: readonly Decision[];
}

/** An engine, and everything it has told. */
export interface Engine {
  readonly pipeline: Pipeline;
  readonly told: Told[];
  process(lines: readonly TestLine[]): void;
}

export interface TestLine {
  readonly src: string;
  readonly raw: string;
}

export function startEngine(options: Partial<LoadOptions> = {}): Engine {
  const told: Told[] = [];
  const { pipeline, problems } = loadPipeline(
    {
      items: ITEMS,
      dataFile: () => undefined,
      perimeter: { ...PERIMETER_DEFAULTS, floodThreshold: 2, floodWindowMs: 60_000 },
      mode: 'live',
      hostname: 'test',
      nowMs: () => START,
      ...options,
    },
    { onAlert: (alert, decisions) => void told.push({ alert, decisions }) },
  );
  if (problems.length > 0)
    throw new Error(problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  const origins = new Map(
    ['a.log', 'b.log'].map((src) => [src, { src, module: 'file', labels: { type: 'test' } }] as const),
  );
  return {
    pipeline,
    told,
    process: (lines) => {
      for (const { src, raw } of lines) pipeline.process(raw, origins.get(src)!, START);
    },
  };
}

// The files for Elasticsearch and Kibana in docs/elastic, against the documents that are really written: no field of a
// panel that nobody fills, none that the template does not know, and the types that the Elastic Common Schema wants.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseIp } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { outgoingOf } from '../../src/channels/index.ts';
import type { Message } from '../../src/message.ts';
import { renderMessage } from '../../src/words/render.ts';
import { attackMessage, channelOf, NIGHT_MS } from '../samples.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const read = (name: string): string => readFileSync(path.join(ROOT, 'docs/elastic', name), 'utf8');

/** Of ECS 8.11, the fields that we use; all others have to begin with `parapet.`. */
const ECS: Readonly<Record<string, string>> = {
  '@timestamp': 'date',
  'ecs.version': 'keyword',
  message: 'match_only_text',
  'event.action': 'keyword',
  'event.category': 'keyword',
  'event.dataset': 'keyword',
  'event.end': 'date',
  'event.id': 'keyword',
  'event.ingested': 'date',
  'event.kind': 'keyword',
  'event.module': 'keyword',
  'event.outcome': 'keyword',
  'event.severity': 'long',
  'event.start': 'date',
  'event.type': 'keyword',
  'observer.product': 'keyword',
  'observer.type': 'keyword',
  'observer.vendor': 'keyword',
  'rule.name': 'keyword',
  'rule.ruleset': 'keyword',
  'service.name': 'keyword',
  'source.address': 'keyword',
  'source.as.organization.name': 'keyword',
  'source.geo.country_iso_code': 'keyword',
  'source.geo.country_name': 'keyword',
  'source.geo.location': 'geo_point',
  'source.ip': 'ip',
  'url.path': 'wildcard',
};
/** Fields of ECS that hold allowed values only, and of those the ones that may be. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'event.kind': ['alert', 'event'],
  'event.category': ['intrusion_detection'],
  'event.type': ['denied', 'info'],
  'event.outcome': ['success', 'unknown'],
};

const HEADING = { id: 'x', severity: 'low', site: 'shop', atMs: NIGHT_MS } as const;
const MESSAGES: readonly Message[] = [
  attackMessage(),
  attackMessage({ id: 'b2a5.over', kind: 'over' }),
  attackMessage({
    site: '',
    facts: { ...attackMessage().facts, outcome: 'observed', scenarios: [], paths: [] },
  }),
  attackMessage({ facts: { ...attackMessage().facts, shown: [{ value: 'the account "alice"' }] } }),
  { ...HEADING, kind: 'digest', sinceMs: NIGHT_MS - 86_400_000, lines: [], more: 0 },
  { ...HEADING, kind: 'attention', about: 'store', detail: 'The store cannot be written' },
  { ...HEADING, kind: 'test' },
];

function flat(value: unknown, at = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[at, value]];
  return Object.entries(value).flatMap(([key, below]) => flat(below, at === '' ? key : `${at}.${key}`));
}

const documents = MESSAGES.map((message) => {
  const channel = channelOf('ecs-file', { file: 'parapet.ndjson' });
  const rendered = renderMessage(message, channel.setting);
  const surroundings = { nowMs: NIGHT_MS, host: 'web1', version: '0.1.0' };
  const outgoing = outgoingOf({ message, rendered, channel, target: '' }, surroundings);
  return flat(JSON.parse(outgoing?.kind === 'file' ? outgoing.line : '{}'));
});
const written = new Set(documents.flatMap((fields) => fields.map(([name]) => name)));

interface Properties {
  readonly [name: string]: { readonly type?: string; readonly properties?: Properties };
}
function typesOf(properties: Properties, at = ''): readonly (readonly [string, string])[] {
  return Object.entries(properties).flatMap(([name, { type, properties: below }]) =>
    below === undefined ? [[`${at}${name}`, type ?? ''] as const] : typesOf(below, `${at}${name}.`),
  );
}
const template = JSON.parse(read('index-template.json'));
const mapped = new Map(typesOf(template.template.mappings.properties));
const pipeline = JSON.parse(read('ingest-pipeline.json'));
/** What the pipeline adds to a document. */
const added: readonly string[] = pipeline.processors.flatMap(
  (one: {
    readonly set?: { readonly field: string };
    readonly geoip?: { readonly target_field: string; readonly properties: readonly string[] };
  }) => [
    ...(one.set === undefined ? [] : [one.set.field]),
    ...(one.geoip?.properties.map((name) => `${one.geoip?.target_field}.${name}`) ?? []),
  ],
);

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: (value) => [value].flat().every((one) => typeof one === 'string' && one.length < 1024),
  wildcard: (value) => typeof value === 'string',
  match_only_text: (value) => typeof value === 'string',
  date: (value) => typeof value === 'string' && new Date(value).toISOString() === value,
  long: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  ip: (value) => typeof value === 'string' && parseIp(value) !== undefined,
};

describe('the template for Elasticsearch', () => {
  it('knows every field that is written, with a type that takes its values', () => {
    const unfit = documents.flat().filter(([name, value]) => FITS[mapped.get(name) ?? '']?.(value) !== true);
    expect(unfit).toEqual([]);
  });

  it('knows no field that nobody writes', () => {
    const idle = [...mapped.keys()].filter((name) => !written.has(name) && !added.includes(name));
    expect(idle).toEqual([]);
  });

  it('gives the fields of the Elastic Common Schema its types, and has no others but our own', () => {
    const strange = [...mapped].filter(
      ([name, type]) => (name.startsWith('parapet.') ? type : ECS[name]) !== type,
    );
    expect(strange).toEqual([]);
  });

  it('takes the index that a channel writes to, and uses the pipeline', () => {
    expect(template.index_patterns).toEqual(['logs-parapet-*']);
    expect(template.template.settings.index.default_pipeline).toBe('parapet');
    expect(added.filter((name) => name !== '_id' && !mapped.has(name))).toEqual([]);
    expect(read('filebeat.yml')).toContain('index: logs-parapet-default');
  });

  it('is of documents with the values that the schema allows', () => {
    const values = documents
      .flat()
      .flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)] as const))
      .filter(([name, value]) => ALLOWED[name]?.includes(value) === false);
    expect(values).toEqual([]);
  });
});

interface Column {
  readonly operationType: string;
  readonly sourceField: string;
  readonly params?: { readonly orderBy?: { readonly columnId: string } };
}
interface Panel {
  readonly gridData: { readonly x: number; readonly w: number };
  readonly embeddableConfig: {
    readonly attributes: {
      readonly title: string;
      readonly references: readonly { readonly id: string }[];
      readonly state: {
        readonly query: { readonly query: string };
        readonly visualization: object;
        readonly datasourceStates: {
          readonly formBased: {
            readonly layers: Readonly<Record<string, { readonly columns: Readonly<Record<string, Column>> }>>;
          };
        };
      };
    };
  };
}

describe('the dashboard for Kibana', () => {
  const [view, dashboard] = read('kibana.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const panels = (JSON.parse(dashboard.attributes.panelsJSON) as readonly Panel[]).map(
    ({ gridData, embeddableConfig: { attributes } }) => ({
      ...{ gridData, title: attributes.title, view: attributes.references[0]?.id },
      query: attributes.state.query.query,
      visualization: JSON.stringify(attributes.state.visualization),
      columns: attributes.state.datasourceStates.formBased.layers['layer']?.columns ?? {},
    }),
  );

  it('asks for fields that are written, as their type allows it', () => {
    expect(panels.length).toBeGreaterThan(5);
    const CAN: Readonly<Record<string, readonly string[]>> = {
      terms: ['keyword', 'wildcard', 'ip', 'boolean'],
      sum: ['long'],
      date_histogram: ['date'],
    };
    const dangling = panels.flatMap(({ title, columns }) =>
      Object.values(columns)
        .filter(({ operationType }) => operationType !== 'count')
        .filter(
          ({ operationType, sourceField }) =>
            !written.has(sourceField) || CAN[operationType]?.includes(mapped.get(sourceField) ?? '') !== true,
        )
        .map(({ sourceField }) => `${title}: ${sourceField}`),
    );
    expect(dangling).toEqual([]);
  });

  it('filters by fields and values that are written', () => {
    for (const { title, query } of panels) {
      const terms = [...query.matchAll(/([\w.@]+) : "?([\w-]+)"?/g)];
      expect([title, terms.length > 0]).toEqual([title, true]);
      for (const [, name, value] of terms) {
        const found = documents.flat().some(([field, is]) => field === name && String(is) === value);
        expect([title, name, value, found]).toEqual([title, name, value, true]);
      }
    }
  });

  it('shows and sorts by columns that it has, of a view that is in the file', () => {
    expect(view).toMatchObject({ type: 'index-pattern', attributes: { title: 'logs-parapet-*' } });
    for (const { title, columns, visualization, view: used, gridData } of panels) {
      const shown = [...visualization.matchAll(/"(?:\w*[aA]ccessor|columnId)":"(\w+)"/g)].map(([, id]) => id);
      const sorted = Object.values(columns).flatMap(({ params }) => params?.orderBy?.columnId ?? []);
      const unknown = [...shown, ...sorted].filter((id) => !Object.hasOwn(columns, id ?? ''));
      expect([title, unknown, used]).toEqual([title, [], view.id]);
      expect(gridData.x + gridData.w).toBeLessThanOrEqual(48);
    }
  });

  it('is what its script makes', () => {
    const script = path.join(ROOT, 'scripts/kibana-objects.mjs');
    const made = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' });
    expect(read('kibana.ndjson')).toBe(made);
  });
});

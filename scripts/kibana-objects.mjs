// Makes docs/elastic/kibana.ndjson: a data view and a dashboard for Kibana. Its objects hold JSON inside texts, which
// nobody can edit by hand; here they are written as what they say. Run by `npm run docs:kibana`; a test compares.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const FILE = path.resolve(import.meta.dirname, '../docs/elastic/kibana.ndjson');
const VIEW = 'parapet-logs';
const VERSIONS = { coreMigrationVersion: '8.8.0', managed: false };

// An attack is told when it begins and when it is over: the first is what is counted, the second has the sums.
const BEGUN = 'parapet.kind : "attack"';
const OVER = 'parapet.kind : "over"';

const count = (label) => ({
  label,
  dataType: 'number',
  operationType: 'count',
  sourceField: '___records___',
});
const sum = (label, sourceField) => ({ label, dataType: 'number', operationType: 'sum', sourceField });
const overTime = {
  label: 'Time',
  dataType: 'date',
  operationType: 'date_histogram',
  sourceField: '@timestamp',
};
const top = (label, sourceField, size = 10) => ({
  ...{ label, dataType: 'string', operationType: 'terms', sourceField },
  params: { size, orderBy: { type: 'column', columnId: 'value' }, orderDirection: 'desc', otherBucket: true },
});

const PANELS = [
  { title: 'Attacks', kind: 'metric', query: BEGUN, columns: { value: count('Attacks') }, at: [0, 0, 12, 6] },
  {
    ...{ title: 'Deserve a look', kind: 'metric', query: `${BEGUN} and parapet.needs_review : true` },
    ...{ columns: { value: count('Deserve a look') }, at: [12, 0, 12, 6] },
  },
  {
    ...{ title: 'Addresses', kind: 'metric', query: OVER, at: [24, 0, 12, 6] },
    columns: { value: sum('Addresses in attacks that are over', 'parapet.sources') },
  },
  {
    ...{ title: 'Requests', kind: 'metric', query: OVER, at: [36, 0, 12, 6] },
    columns: { value: sum('Events in attacks that are over', 'parapet.events') },
  },
  {
    ...{ title: 'Attacks by severity', kind: 'bars', query: BEGUN, at: [0, 6, 32, 12] },
    columns: { time: overTime, split: top('Severity', 'parapet.severity', 4), value: count('Attacks') },
  },
  {
    ...{ title: 'What was done', kind: 'pie', query: BEGUN, at: [32, 6, 16, 12] },
    columns: { split: top('Outcome', 'parapet.outcome', 6), value: count('Attacks') },
  },
  {
    ...{ title: 'Kinds of attack', kind: 'table', query: OVER, at: [0, 18, 24, 12] },
    columns: {
      split: top('Attack', 'event.action'),
      value: count('Attacks'),
      sources: sum('Addresses', 'parapet.sources'),
      events: sum('Events', 'parapet.events'),
    },
  },
  {
    ...{ title: 'Rules', kind: 'table', query: BEGUN, at: [24, 18, 24, 12] },
    columns: { split: top('Scenario', 'parapet.scenarios'), value: count('Attacks') },
  },
  {
    ...{ title: 'Countries', kind: 'table', query: BEGUN, at: [0, 30, 16, 12] },
    columns: { split: top('Country', 'source.geo.country_iso_code'), value: count('Attacks') },
  },
  {
    ...{ title: 'First address', kind: 'table', query: BEGUN, at: [16, 30, 16, 12] },
    columns: { split: { ...top('Address', 'source.ip'), dataType: 'ip' }, value: count('Attacks') },
  },
  {
    ...{ title: 'Paths', kind: 'table', query: BEGUN, at: [32, 30, 16, 12] },
    columns: { split: top('Path', 'url.path'), value: count('Attacks') },
  },
];

const VISUALS = {
  metric: () => ['lnsMetric', { layerId: 'layer', layerType: 'data', metricAccessor: 'value' }],
  pie: () => [
    'lnsPie',
    {
      shape: 'donut',
      layers: [
        {
          ...{ layerId: 'layer', layerType: 'data', primaryGroups: ['split'], metrics: ['value'] },
          ...{ numberDisplay: 'percent', categoryDisplay: 'default', legendDisplay: 'default' },
        },
      ],
    },
  ],
  bars: () => [
    'lnsXY',
    {
      ...{ legend: { isVisible: true, position: 'right' }, valueLabels: 'hide' },
      preferredSeriesType: 'bar_stacked',
      layers: [
        {
          ...{ layerId: 'layer', layerType: 'data', seriesType: 'bar_stacked' },
          ...{ xAccessor: 'time', splitAccessor: 'split', accessors: ['value'] },
        },
      ],
    },
  ],
  table: (columns) => [
    'lnsDatatable',
    { layerId: 'layer', layerType: 'data', columns: Object.keys(columns).map((columnId) => ({ columnId })) },
  ],
};

function columnOf(column) {
  const isBucketed = column.operationType === 'terms' || column.operationType === 'date_histogram';
  const params = column.operationType === 'date_histogram' ? { params: { interval: 'auto' } } : {};
  const scale = { terms: 'ordinal', date_histogram: 'interval' }[column.operationType] ?? 'ratio';
  return { ...column, ...params, isBucketed, scale, customLabel: true };
}

function panelOf({ title, kind, query, columns, at: [x, y, w, h] }, index) {
  const i = String(index + 1);
  const [visualizationType, visualization] = VISUALS[kind](columns);
  const layer = {
    columns: Object.fromEntries(Object.entries(columns).map(([id, column]) => [id, columnOf(column)])),
    columnOrder: Object.keys(columns),
    incompleteColumns: {},
  };
  const attributes = {
    ...{ title, type: 'lens', visualizationType },
    references: [{ type: 'index-pattern', id: VIEW, name: 'indexpattern-datasource-layer-layer' }],
    state: {
      ...{ visualization, query: { query, language: 'kuery' }, filters: [] },
      datasourceStates: { formBased: { layers: { layer } } },
      ...{ internalReferences: [], adHocDataViews: {} },
    },
  };
  return {
    ...{ type: 'lens', panelIndex: i, gridData: { x, y, w, h, i }, title },
    embeddableConfig: { attributes, enhancements: {} },
  };
}

function objects() {
  const view = {
    ...{ id: VIEW, type: 'index-pattern', ...VERSIONS, typeMigrationVersion: '8.0.0', references: [] },
    attributes: { title: 'logs-parapet-*', name: 'Parapet', timeFieldName: '@timestamp' },
  };
  const dashboard = {
    ...{ id: 'parapet-attacks', type: 'dashboard', ...VERSIONS, typeMigrationVersion: '8.9.0' },
    attributes: {
      ...{ title: 'Parapet: attacks', description: 'What Parapet told of, and what was done' },
      ...{ timeRestore: true, timeFrom: 'now-7d', timeTo: 'now', version: 1 },
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      panelsJSON: JSON.stringify(PANELS.map(panelOf)),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
      },
    },
    references: PANELS.map((_, index) => ({
      ...{ type: 'index-pattern', id: VIEW },
      name: `${index + 1}:indexpattern-datasource-layer-layer`,
    })),
  };
  return [view, dashboard];
}

const text = objects()
  .map((one) => `${JSON.stringify(one)}\n`)
  .join('');
if (process.argv[2] === '--print') process.stdout.write(text);
else writeFileSync(FILE, text);

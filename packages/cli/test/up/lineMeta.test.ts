// What a source knows beside the line is part of the event, of its evidence, and of what is saved.

import { loadPipeline } from '@parapet/engine';
import type { Alert, LineMeta, LineOrigin } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { NOW_MS, ownDataFile, ownItems } from '../items/ownEngine.ts';
import { entry } from './rotatedLog.ts';

const GATEWAY: LineOrigin = { src: 'gateway 1', module: 'gateway', labels: { type: 'nginx' } };
const META: LineMeta = [
  ['target_fqdn', 'shop.example.org'],
  ['request_id', '0011aabb'],
];
const IP = '198.51.100.77';

test('facts of the source are in the evidence of an alert, also after a restart', () => {
  const first = load();
  const rest = Array.from({ length: 30 }, (_, i) =>
    entry(IP, new Date(NOW_MS + i * 10), `GET /missing-${i}`, 404),
  );
  for (const raw of rest.slice(0, 5)) first.pipeline.process(raw, GATEWAY, NOW_MS + 1, META);
  const second = load();
  expect(second.pipeline.restoreState(first.pipeline.saveState())).toBe(true);
  for (const raw of rest.slice(5)) second.pipeline.process(raw, GATEWAY, NOW_MS + 1, META);
  const alert = second.alerts.find(({ scenario }) => scenario === 'parapet/http-404-burst');
  expect(alert?.events[0]?.meta).toEqual(expect.arrayContaining([...META]));
});

test('they have the last word over what a line claims, and are gone with the next line', () => {
  const { pipeline } = load();
  const event = pipeline.stages.event;
  const line = entry(IP, new Date(NOW_MS), 'GET /', 200);
  pipeline.process(`claimed.example.org ${line}`, GATEWAY, NOW_MS, META);
  expect(new Map(event.entries('Meta')).get('target_fqdn')).toBe('shop.example.org');
  pipeline.process(line, GATEWAY, NOW_MS);
  expect(new Map(event.entries('Meta')).has('request_id')).toBe(false);
});

function load(): ReturnType<typeof loadPipeline> & { readonly alerts: readonly Alert[] } {
  const alerts: Alert[] = [];
  const loaded = loadPipeline(
    { items: ownItems(), dataFile: ownDataFile, mode: 'live', hostname: 'localhost', nowMs: () => NOW_MS },
    { onAlert: (alert) => void alerts.push(alert) },
  );
  return { ...loaded, alerts };
}

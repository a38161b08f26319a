import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricName } from '../src/metrics.table.ts';

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: ReadonlyArray<{ readonly expr: string; readonly legendFormat: string }>;
}

const FILE = path.resolve(import.meta.dirname, '../../../docs/grafana/parapet.json');
const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };
/** Of Prometheus itself, on every metric that it has. */
const OF_PROMETHEUS = ['job', 'le'];

/** The metrics that are asked for, without what Prometheus adds to histograms. */
function metricsOf(expr: string): readonly string[] {
  const found = [...expr.matchAll(/\b(?:parapet|process)_[a-z_]+/g)];
  return found.map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

describe('the dashboard for Grafana', () => {
  const targets = panels.flatMap((panel) => panel.targets);

  it('asks for metrics that there are', () => {
    const asked = targets.flatMap(({ expr }) => metricsOf(expr));
    expect(asked.length).toBeGreaterThanOrEqual(targets.length);
    expect(asked.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
  });

  it('sums by labels that they have, and names them in its legends', () => {
    for (const { expr, legendFormat } of targets) {
      const known = metricsOf(expr).flatMap(
        (name) => METRICS[name as MetricName].labels as readonly string[],
      );
      const summed = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
      const unknown = [...summed, ...named].filter((name) => ![...known, ...OF_PROMETHEUS].includes(name));
      expect([expr, unknown]).toEqual([expr, []]);
    }
  });

  it('takes the rate of what is counted, and of nothing else', () => {
    for (const { expr } of targets)
      for (const [, name = ''] of expr.matchAll(/\b(?:rate|increase)\(([a-z_]+)/g)) {
        const { type } = METRICS[name.replace(/_bucket$/, '') as MetricName];
        expect([name, type === 'gauge']).toEqual([name, false]);
      }
  });

  it('has panels that lie beside each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { id, gridPos: a } of panels) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      const over = panels.filter(
        ({ id: other, gridPos: b }) =>
          other !== id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
      );
      expect([id, over.map((one) => one.id)]).toEqual([id, []]);
    }
  });
});

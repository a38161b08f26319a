import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMetrics, renderMetricsTable } from '../src/metrics.ts';

describe('renderMetrics', () => {
  it('groups samples under one help and type line', () => {
    const text = renderMetrics([
      { name: 'parapet_lines_total', value: 12, labels: { source: 'a.log', type: 'nginx' } },
      { name: 'parapet_alerts_total', value: 1, labels: { scenario: 's' } },
      { name: 'parapet_lines_total', value: 3, labels: { source: 'b.log', type: 'nginx' } },
    ]);
    expect(text).toBe(
      [
        '# HELP parapet_lines_total Lines read from sources.',
        '# TYPE parapet_lines_total counter',
        'parapet_lines_total{source="a.log",type="nginx"} 12',
        'parapet_lines_total{source="b.log",type="nginx"} 3',
        '# HELP parapet_alerts_total Alerts raised.',
        '# TYPE parapet_alerts_total counter',
        'parapet_alerts_total{scenario="s"} 1',
        '',
      ].join('\n'),
    );
  });

  it('writes infinite and absent values as the format wants them', () => {
    const values = [Infinity, -Infinity, Number.NaN, 1.5e-9].map((value) =>
      renderMetrics([{ name: 'process_cpu_seconds_total', value }])
        .split('\n')
        .at(-2),
    );
    expect(values.map((line) => line!.split(' ')[1])).toEqual(['+Inf', '-Inf', 'NaN', '1.5e-9']);
  });

  it('writes a histogram as cumulated buckets with their sum and count', () => {
    const name = 'parapet_gateway_request_duration_seconds';
    const buckets = [
      [0.005, 3],
      [0.1, 4],
    ] as const;
    expect(
      renderMetrics([{ name, buckets, sum: 1.5, count: 6 }])
        .split('\n')
        .slice(1),
    ).toEqual([
      `# TYPE ${name} histogram`,
      `${name}_bucket{le="0.005"} 3`,
      `${name}_bucket{le="0.1"} 4`,
      `${name}_bucket{le="+Inf"} 6`,
      `${name}_sum 1.5`,
      `${name}_count 6`,
      '',
    ]);
  });

  it('escapes labels so that they read back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (scenario) => {
        const line = renderMetrics([{ name: 'parapet_alerts_total', value: 1, labels: { scenario } }])
          .split('\n')
          .at(-2)!;
        const quoted = /^parapet_alerts_total\{scenario="((?:[^"\\\n]|\\["\\n])*)"\} 1$/u.exec(line)![1]!;
        const back = quoted.replace(/\\(.)/gu, (_, letter: string) => (letter === 'n' ? '\n' : letter));
        expect(back).toBe(scenario);
      }),
    );
  });

  it('is documented, metric for metric', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/metrics.md'), 'utf8');
    expect(page).toContain(renderMetricsTable());
  });
});

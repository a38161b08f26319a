import { describe, expect, it, onTestFinished } from 'vitest';
import type { MetricSample } from '@parapet/reports';
import { serveMetrics } from '../../src/up/metricsServer.ts';
import { newSite, sampleAlert, sampleDecision } from './run.ts';

const SAMPLES: readonly MetricSample[] = [
  { name: 'parapet_lines_total', value: 12_345, labels: { source: 'a.log', type: 'nginx' } },
  { name: 'parapet_events_parsed_total', value: 12_000, labels: { source: 'a.log', type: 'nginx' } },
  { name: 'parapet_alerts_total', value: 3, labels: { scenario: 'parapet/ssh-bf' } },
  { name: 'parapet_alerts_total', value: 7, labels: { scenario: 'parapet/perimeter' } },
  { name: 'parapet_decisions_active', value: 4, labels: { origin: 'scenario', remediation: 'ban' } },
];

async function engine(): Promise<string> {
  const server = await serveMetrics(
    '127.0.0.1:0',
    () => SAMPLES,
    () => true,
  );
  onTestFinished(() => server.close());
  return server.url;
}

describe('metrics', () => {
  it('shows what a running engine counts', async () => {
    const { out, code } = await newSite().run(`metrics --url ${await engine()}`);
    expect(out).toMatch(/a\.log\s+nginx\s+12,345\s+12,000/);
    expect(out).toMatch(/parapet\/perimeter\s+7\s+0[^]*parapet\/ssh-bf\s+3\s+0/);
    expect(out).toMatch(/ban by scenario\s+in force\s+4/);
    expect(code).toBe(0);
  });

  it('asks the engine that the configuration names', async () => {
    const site = newSite();
    const listen = (await engine()).slice('http://'.length, -'/metrics'.length);
    site.write('parapet.yaml', `metrics:\n  enabled: true\n  listen: ${listen}\n`);
    expect((await site.run('metrics -o raw')).out).toContain(
      'parapet_lines_total{source="a.log",type="nginx"} 12345\n',
    );
    const { from, samples } = JSON.parse((await site.run('metrics --json')).out);
    expect(from).toBe('engine');
    expect(samples).toHaveLength(SAMPLES.length);
  });

  it('counts what the store holds when no engine answers', async () => {
    const site = newSite();
    await site.withStore(async (store) => {
      store.record({
        alerts: Array.from({ length: 1200 }, (_, i) => sampleAlert(`a${i}`, '192.0.2.7')),
        decisions: [sampleDecision('d1', '192.0.2.7', { alertId: 'a1' })],
      });
    });
    const { out, code } = await site.run('metrics');
    expect(out).toMatch(/parapet\/drupal-bf\s+1,200/);
    expect(out).toMatch(/crowdsec ban\s+1\n/);
    expect(code).toBe(0);
    site.write('parapet.yaml', 'metrics:\n  enabled: true\n  listen: 127.0.0.1:1\n');
    const fallen = await site.run('metrics --json');
    expect(fallen.err).toContain('No engine answers at http://127.0.0.1:1/metrics');
    expect(JSON.parse(fallen.out)).toMatchObject({ from: 'store', alerts: 1200, decisions: 1 });
  });

  it('ends with 2 when the page that is named does not answer, or there is no store', async () => {
    const site = newSite();
    const { err, code } = await site.run('metrics --url http://127.0.0.1:1/metrics');
    expect(err).toContain('E_METRICS_UNREACHABLE');
    expect(code).toBe(2);
    expect((await site.run('metrics')).code).toBe(2);
  });
});

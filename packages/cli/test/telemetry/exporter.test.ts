import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { attentionRecord, type MetricSample } from '@parapet/reports';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpReceiver } from '../../../notify/test/receivers.ts';
import { faultsOf } from '../../../reports/test/otlp/proto.ts';
import { OtlpExporter, type ExporterOptions } from '../../src/telemetry/exporter.ts';

const SAMPLES: readonly MetricSample[] = [{ name: 'parapet_gateway_memory_bytes', value: 7 }];
const WAIT = { timeout: 15_000 };

function exporterTo(base: string, changes: Partial<ExporterOptions> = {}) {
  const notes: string[] = [];
  const target = (signal: string) => ({
    ...{ url: `${base}/v1/${signal}`, headers: { 'x-key': 'k' }, isCompressed: false, timeoutMs: 10_000 },
  });
  const exporter = new OtlpExporter({
    ...{ logs: target('logs'), metrics: target('metrics'), intervalMs: 3_600_000 },
    sender: { version: '0.1.0', resource: { 'service.name': 'parapet' } },
    nowMs: () => Date.now(),
    collect: () => SAMPLES,
    onNote: (text) => notes.push(text),
    ...changes,
  });
  exporter.start();
  onTestFinished(() => exporter.close());
  const log = (count: number): void => {
    for (let i = 0; i < count; i++) exporter.log(attentionRecord('test', `record ${i}`, 'INFO', Date.now()));
  };
  const value = (name: string, ...labels: readonly string[]): number | undefined => {
    for (const one of exporter.samples())
      if ('value' in one && one.name === name && labels.every((label) => labelsOf(one).includes(label)))
        return one.value;
    return undefined;
  };
  return { exporter, log, notes, value };
}

function labelsOf(one: {
  readonly labels?: Readonly<Record<string, string>> | undefined;
}): readonly string[] {
  return Object.values(one.labels ?? {});
}

function recordsIn(body: string): readonly { readonly body: { readonly stringValue: string } }[] {
  return JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords;
}

describe('what goes to an OpenTelemetry collector', { timeout: 40_000 }, () => {
  it('arrives whole, at the path of its kind, as the protocol has it', async () => {
    const collector = await httpReceiver();
    const { log, value } = exporterTo(collector.url, { intervalMs: 1 });
    log(3);
    await expect
      .poll(() => new Set(collector.received.map((one) => one.path)), WAIT)
      .toEqual(new Set(['/v1/logs', '/v1/metrics']));
    for (const { path, method, headers, body } of collector.received) {
      expect({ method, key: headers['x-key'], type: headers['content-type'] }).toEqual({
        ...{ method: 'POST', key: 'k', type: 'application/json' },
      });
      const type = path === '/v1/logs' ? 'ExportLogsServiceRequest' : 'ExportMetricsServiceRequest';
      expect(faultsOf(type, JSON.parse(body))).toEqual([]);
    }
    await expect.poll(() => value('parapet_queue_length'), WAIT).toBe(0);
    expect(value('parapet_otlp_exports_total', 'logs', 'delivered')).toBe(1);
  });

  it('waits while the collector is busy, and is sent once and in order', async () => {
    const collector = await httpReceiver();
    let refusals = 1;
    collector.answer = () =>
      refusals-- > 0 ? { status: 503, headers: { 'retry-after': '1' } } : { status: 200 };
    const { log, notes, value } = exporterTo(collector.url);
    log(2);
    await expect.poll(() => value('parapet_otlp_exports_total', 'delivered'), WAIT).toBe(1);
    const bodies = collector.received.map(({ body }) => recordsIn(body).map((one) => one.body.stringValue));
    expect(bodies).toEqual([
      ['record 0', 'record 1'],
      ['record 0', 'record 1'],
    ]);
    expect(notes).toEqual([
      'The OpenTelemetry collector takes no logs now (status 503): they wait and are tried again.',
      'The OpenTelemetry collector takes logs again.',
    ]);
  });

  it('is dropped and counted when the collector will never take it', async () => {
    const collector = await httpReceiver();
    collector.answer = () => ({ status: 400 });
    const { log, notes, value } = exporterTo(collector.url);
    log(600);
    await expect.poll(() => value('parapet_queue_dropped_total'), WAIT).toBe(600);
    expect(collector.received).toHaveLength(2);
    expect(notes).toHaveLength(1);
  });

  it('is not sent again when a part of it was taken', async () => {
    const collector = await httpReceiver();
    const partialSuccess = { rejectedLogRecords: '2', errorMessage: 'too old' };
    collector.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    const { log, notes, value } = exporterTo(collector.url);
    log(5);
    await expect.poll(() => value('parapet_queue_dropped_total'), WAIT).toBe(2);
    expect(value('parapet_queue_length')).toBe(0);
    expect(notes[0]).toContain('too old');
  });

  it('has a bound: what is more is dropped and counted, and delays nobody', async () => {
    const dead = await closedPort();
    const { log, value } = exporterTo(`http://127.0.0.1:${dead}`);
    log(5000);
    expect(value('parapet_queue_length')).toBe(4096);
    expect(value('parapet_queue_dropped_total')).toBe(904);
    await expect.poll(() => value('parapet_otlp_exports_total', 'logs', 'failed'), WAIT).toBeGreaterThan(0);
    expect(value('parapet_queue_length')).toBe(4096);
  });

  it('does not hold up the end, even if the collector never answers', async () => {
    const silent = net.createServer(() => {});
    silent.listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo; // it listens on TCP
    const url = `http://127.0.0.1:${port}/v1/logs`;
    const logs = { url, headers: {}, isCompressed: false, timeoutMs: 600_000 };
    const { exporter, log, value } = exporterTo(url, { logs, metrics: undefined });
    log(1);
    await exporter.close();
    expect(value('parapet_otlp_exports_total', 'logs', 'failed')).toBe(1);
  });

  it('is sent at the end without waiting for its time', async () => {
    const collector = await httpReceiver();
    const { exporter, log } = exporterTo(collector.url);
    log(1);
    await exporter.close();
    expect(collector.received.map((one) => one.path).toSorted()).toEqual(['/v1/logs', '/v1/metrics']);
  });

  it('is compressed when that is asked for', async () => {
    const bodies: string[] = [];
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(gunzipSync(Buffer.concat(chunks)).toString('utf8'));
        response.end();
      });
    });
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const logs = {
      url: `http://127.0.0.1:${port}/v1/logs`,
      headers: {},
      isCompressed: true,
      timeoutMs: 5000,
    };
    const { exporter, log } = exporterTo('http://127.0.0.1:1', { logs, metrics: undefined });
    log(1);
    await exporter.close();
    expect(recordsIn(bodies[0]!)).toHaveLength(1);
  });
});

async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/telemetry/settings.ts';
import { temporaryFolder } from '../../../store/test/temporary-folder.ts';

const ALL = { metrics: true, logs: true };
const COLLECTOR = 'http://127.0.0.1:4318';

function read(config: Partial<Parameters<typeof readSettings>[0]>, env: Record<string, string> = {}) {
  return readSettings({ ...ALL, ...config }, { env, folder: temporaryFolder() });
}

function targets(...given: Parameters<typeof read>) {
  const found = read(...given);
  if (found.kind !== 'on') return found;
  const { logs, metrics } = found.settings;
  return { logs: logs?.url, metrics: metrics?.url };
}

describe('where telemetry goes', () => {
  it('is nowhere unless a collector is named', () => {
    expect(read({})).toEqual({ kind: 'off' });
    expect(read({}, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toEqual({ kind: 'off' });
    expect(read({ endpoint: COLLECTOR, metrics: false, logs: false })).toEqual({ kind: 'off' });
    expect(read({ endpoint: COLLECTOR }, { OTEL_SDK_DISABLED: 'true' })).toEqual({ kind: 'off' });
  });

  it('is what the file says, then what the environment says', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://elsewhere.example/otlp/' };
    const both = (base: string) => ({ logs: `${base}/v1/logs`, metrics: `${base}/v1/metrics` });
    expect(targets({ endpoint: `${COLLECTOR}/` }, env)).toEqual(both(COLLECTOR));
    expect(targets({}, env)).toEqual(both('https://elsewhere.example/otlp'));
  });

  it('can be another place for each, as it is written', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs.example/in',
      OTEL_METRICS_EXPORTER: 'none',
    };
    expect(targets({}, env)).toEqual({ logs: 'http://logs.example/in', metrics: undefined });
  });

  it('has headers of a file, or of the environment', () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'key'), 'api-key=a%20b,x-tenant=7\nmore\n');
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t' };
    const headers = (config: object) => {
      const found = readSettings({ ...ALL, endpoint: COLLECTOR, ...config }, { env, folder });
      return found.kind === 'on' ? found.settings.logs?.headers : found;
    };
    expect(headers({ headers_file: 'key' })).toEqual({ 'api-key': 'a b', 'x-tenant': '7' });
    expect(headers({})).toEqual({ authorization: 'Bearer t' });
    expect(headers({ headers_file: 'absent' })).toMatchObject({
      fault: { code: 'E_OTLP_HEADERS', message: 'absent cannot be read: ENOENT', key: 'headers_file' },
    });
  });

  it('refuses headers that would be two', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0d%0aevil: 1' };
    expect(read({ endpoint: COLLECTOR }, env)).toMatchObject({ fault: { code: 'E_OTLP_HEADERS' } });
  });

  it('says what is wrong with an address, and never repeats it', () => {
    for (const url of ['localhost:4318', 'ftp://a.example', 'http://me:secret@a.example']) {
      const found = read({}, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
      expect(found).toMatchObject({ kind: 'fault', fault: { code: 'E_OTLP_ENDPOINT' } });
      expect(JSON.stringify(found)).not.toContain('secret');
    }
    const grpc = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(read({}, grpc)).toMatchObject({ fault: { code: 'E_OTLP_PROTOCOL' } });
  });

  it('knows the other variables', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,service.name=other',
      OTEL_SERVICE_NAME: 'shop-waf',
    };
    expect(read({}, env)).toMatchObject({
      settings: {
        ...{ intervalMs: 5000, serviceName: 'shop-waf', logs: { timeoutMs: 2500, isCompressed: true } },
        resource: { 'deployment.environment.name': 'prod' },
      },
    });
    expect(read({ interval: '15s' }, env)).toMatchObject({ settings: { intervalMs: 15_000 } });
  });
});

// Where telemetry goes: what parapet.yaml says, and behind it the variables that every program with OpenTelemetry
// knows (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), so that a platform that sets them for all its
// containers needs nothing more.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDuration } from '@parapet/kinds';
import type { OpenTelemetryConfig } from '../config/openTelemetrySchema.ts';
import type { CommandContext } from '../context.ts';
import { endpointFault } from './endpoint.ts';
import type { Target } from './post.ts';

export interface TelemetrySettings {
  readonly logs: Target | undefined;
  readonly metrics: Target | undefined;
  readonly intervalMs: number;
  readonly serviceName: string;
  /** Of OTEL_RESOURCE_ATTRIBUTES. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface TelemetryFault {
  readonly code: 'E_OTLP_ENDPOINT' | 'E_OTLP_HEADERS' | 'E_OTLP_PROTOCOL';
  readonly message: string;
  /** The key it is about; undefined for a variable of the environment. */
  readonly key?: string;
}

export type ReadSettings =
  | { readonly kind: 'off' }
  | { readonly kind: 'fault'; readonly fault: TelemetryFault }
  | { readonly kind: 'on'; readonly settings: TelemetrySettings };

const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** Returns what is sent where; `off` where neither the file nor the environment names a collector. */
export function readSettings(
  config: OpenTelemetryConfig,
  { env, folder }: Pick<CommandContext, 'env' | 'folder'>,
): ReadSettings {
  const value = (name: string): string | undefined => {
    const text = env[`OTEL_${name}`]?.trim();
    return text === '' ? undefined : text;
  };
  if (value('SDK_DISABLED')?.toLowerCase() === 'true') return { kind: 'off' };
  const base = config.endpoint ?? value('EXPORTER_OTLP_ENDPOINT');
  const urlOf = (signal: 'logs' | 'metrics'): string | undefined => {
    if (!config[signal] || value(`${signal.toUpperCase()}_EXPORTER`) === 'none') return undefined;
    const own = value(`EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`);
    // The file goes before the environment; a URL of one signal is used as it is, to the other its path is added.
    if (config.endpoint === undefined && own !== undefined) return own;
    return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/${signal}`;
  };
  const urls = { logs: urlOf('logs'), metrics: urlOf('metrics') };
  if (urls.logs === undefined && urls.metrics === undefined) return { kind: 'off' };
  for (const url of Object.values(urls)) {
    const why = url === undefined ? undefined : endpointFault(url);
    if (why !== undefined)
      return fault('E_OTLP_ENDPOINT', `The endpoint of OpenTelemetry ${why}`, config.endpoint && 'endpoint');
  }
  // The file's endpoint is one that takes JSON; what the environment says was written for all programs.
  if (config.endpoint === undefined && value('EXPORTER_OTLP_PROTOCOL') === 'grpc')
    return fault(
      'E_OTLP_PROTOCOL',
      'OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and Parapet speaks OTLP over HTTP: name the port for HTTP (often 4318) as opentelemetry.endpoint',
    );
  const headers = headersOf(config, folder, value('EXPORTER_OTLP_HEADERS'));
  if (typeof headers === 'string')
    return fault('E_OTLP_HEADERS', headers, config.headers_file && 'headers_file');
  const common = {
    headers,
    isCompressed: value('EXPORTER_OTLP_COMPRESSION') === 'gzip',
    timeoutMs: positive(value('EXPORTER_OTLP_TIMEOUT')) ?? TIMEOUT_MS,
  };
  const target = (url: string | undefined): Target | undefined =>
    url === undefined ? undefined : { url, ...common };
  const interval = config.interval === undefined ? undefined : parseDuration(config.interval);
  const resource = pairsOf(value('RESOURCE_ATTRIBUTES') ?? '') ?? {};
  return {
    kind: 'on',
    settings: {
      logs: target(urls.logs),
      metrics: target(urls.metrics),
      intervalMs: interval ?? positive(value('METRIC_EXPORT_INTERVAL')) ?? INTERVAL_MS,
      serviceName: value('SERVICE_NAME') ?? resource['service.name'] ?? 'parapet',
      resource,
    },
  };
}

function fault(code: TelemetryFault['code'], message: string, key?: string): ReadSettings {
  return { kind: 'fault', fault: { code, message, ...(key === undefined ? {} : { key }) } };
}

/** Returns the headers, or a sentence that says why there are none. */
function headersOf(
  { headers_file: file }: OpenTelemetryConfig,
  folder: string,
  fromEnv: string | undefined,
): Readonly<Record<string, string>> | string {
  let text = fromEnv ?? '';
  if (file !== undefined) {
    try {
      text = readFileSync(path.resolve(folder, file), 'utf8').split(/\r?\n/, 1)[0]!;
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : '';
      return `${file} cannot be read: ${String(code)}`;
    }
  }
  const pairs = pairsOf(text);
  const isFine =
    pairs !== undefined &&
    Object.entries(pairs).every(
      ([name, value]) => /^[\w!#$%&'*+.^|~-]+$/.test(name) && /^[\t -~]*$/.test(value),
    );
  if (isFine) return pairs;
  return `${file ?? 'OTEL_EXPORTER_OTLP_HEADERS'} has to be a line like name=value,other=value`;
}

/** `name=value,other=value` with values in percent-encoding (W3C Baggage); undefined for something else. */
function pairsOf(text: string): Readonly<Record<string, string>> | undefined {
  const pairs: Record<string, string> = {};
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at < 1) return undefined;
    try {
      pairs[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      return undefined;
    }
  }
  return pairs;
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}

// Telemetry of a running engine: what happens becomes log records, and what is counted is sent now and then.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Alert, Decision } from '@parapet/kinds';
import {
  alertRecord,
  attentionRecord,
  decisionRecord,
  type MetricSample,
  type OtlpLevel,
} from '@parapet/reports';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';
import { readSettings } from './settings.ts';

/** Of a list that somebody imports, records of each would say little and push out alerts. */
const MAX_TOLD_AT_ONCE = 100;

export interface Telemetry {
  /** Where it goes, for people. */
  readonly places: readonly string[];
  alert(alert: Alert, decisions: readonly Decision[]): void;
  decided(decisions: readonly Decision[]): void;
  lifted(decisions: readonly Decision[]): void;
  /** Something other than an attack that somebody should know. */
  attention(about: string, detail: string, level: OtlpLevel): void;
  samples(): Iterable<MetricSample>;
  close(): Promise<void>;
}

export interface TelemetrySurroundings {
  readonly config: Config;
  readonly collect: () => Iterable<MetricSample>;
  readonly onNote: (text: string) => void;
}

/** Returns who tells the collector; undefined when none is configured, or when it cannot be: then that is said. */
export async function openTelemetry(
  context: CommandContext,
  { config, collect, onNote }: TelemetrySurroundings,
): Promise<Telemetry | undefined> {
  const read = readSettings(config.opentelemetry, context);
  if (read.kind === 'fault')
    onNote(`Nothing goes to OpenTelemetry: ${read.fault.message} (${read.fault.code})`);
  if (read.kind !== 'on') return undefined;
  const { OtlpExporter } = await import('./exporter.ts');
  const { logs, metrics, intervalMs, serviceName, resource } = read.settings;
  const nowMs = (): number => context.now().getTime();
  const exporter = new OtlpExporter({
    ...{ logs, metrics, intervalMs, nowMs, collect, onNote },
    sender: {
      version: VERSION,
      resource: {
        ...resource,
        'service.name': serviceName,
        'service.version': VERSION,
        'service.instance.id': resource['service.instance.id'] ?? randomUUID(),
        'host.name': resource['host.name'] ?? hostname(),
      },
    },
  });
  exporter.start();
  const tell = (decisions: readonly Decision[], what: 'decided' | 'lifted'): void => {
    for (const one of decisions.slice(0, MAX_TOLD_AT_ONCE)) exporter.log(decisionRecord(one, what, nowMs()));
    const more = decisions.length - MAX_TOLD_AT_ONCE;
    if (more > 0)
      exporter.log(
        attentionRecord(`decisions-${what}`, `${more} more decisions ${what} at once`, 'INFO', nowMs()),
      );
  };
  return {
    places: [
      ...new Set(
        [logs, metrics].flatMap((target) => (target === undefined ? [] : [new URL(target.url).origin])),
      ),
    ],
    alert: (alert, decisions) => {
      exporter.log(alertRecord(alert, decisions, nowMs()));
      tell(decisions, 'decided');
    },
    decided: (decisions) => tell(decisions, 'decided'),
    lifted: (decisions) => tell(decisions, 'lifted'),
    attention: (about, detail, level) => exporter.log(attentionRecord(about, detail, level, nowMs())),
    samples: () => exporter.samples(),
    close: () => exporter.close(),
  };
}

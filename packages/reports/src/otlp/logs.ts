// Alerts, decisions and what needs somebody as OTLP's log records (opentelemetry/proto/logs/v1). Attributes have the
// names of OpenTelemetry's semantic conventions where there is one, else they begin with `parapet.`. Nothing here holds
// a query, a form's text or a line of a log.

import type { Alert, Decision } from '@parapet/kinds';
import { plain } from '../terminal/text.ts';
import { describeSource, metaOf, pathOf, scenarioTitle } from '../words/explain.ts';
import {
  attributesOf,
  nanosOf,
  headOf,
  textOf,
  type OtlpAttribute,
  type OtlpHead,
  type OtlpSender,
  type Plain,
} from './values.ts';

/** Of SeverityNumber. */
const LEVELS = { INFO: 9, WARN: 13, ERROR: 17 } as const;
export type OtlpLevel = keyof typeof LEVELS;

/** One LogRecord, ready to be sent; it has at most some 10 kB. */
export interface OtlpLogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: (typeof LEVELS)[OtlpLevel];
  readonly severityText: OtlpLevel;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly OtlpAttribute[];
}

export interface OtlpLogs {
  readonly resourceLogs: ReadonlyArray<{
    readonly resource: OtlpHead['resource'];
    readonly scopeLogs: ReadonlyArray<{
      readonly scope: OtlpHead['scope'];
      readonly logRecords: readonly OtlpLogRecord[];
    }>;
  }>;
}

/** Returns the record `parapet.alert`: who did what, with the last request that is known of it. */
export function alertRecord(alert: Alert, decisions: readonly Decision[], nowMs: number): OtlpLogRecord {
  const { source, scenario } = alert;
  const last = alert.events.findLast((event) => pathOf(event) !== undefined) ?? alert.events.at(-1);
  const meta = (...keys: readonly string[]): string | undefined =>
    last === undefined ? undefined : metaOf(last, ...keys);
  const isActedOn = decisions.some(({ mode }) => mode === 'live');
  const status = Number(meta('http_status'));
  return record('parapet.alert', alert.simulated || alert.spared !== undefined ? 'INFO' : 'WARN', {
    atMs: alert.knownAt.getTime(),
    nowMs,
    body: `${describeSource(source)}: ${scenarioTitle(scenario, alert.labels)}`,
    attributes: {
      'client.address': source.scope.toLowerCase() === 'ip' ? source.value : source.ip,
      'geo.country.iso_code': source.countryCode === '' ? undefined : source.countryCode,
      'http.request.method': meta('http_verb'),
      'http.response.status_code': Number.isInteger(status) && status >= 100 ? status : undefined,
      'server.address': meta('target_fqdn'),
      'url.path': last === undefined ? undefined : pathOf(last)?.split(/[?#]/, 1)[0],
      'user_agent.original': meta('http_user_agent'),
      'security_rule.name': scenario,
      'security_rule.version': alert.scenarioVersion === '' ? undefined : alert.scenarioVersion,
      'parapet.alert.id': alert.id,
      'parapet.alert.decided': isActedOn,
      'parapet.alert.events': alert.eventsCount,
      'parapet.alert.machine': alert.machine,
      'parapet.alert.simulated': alert.simulated,
      'parapet.alert.spared': alert.spared,
      'parapet.site': meta('site'),
      'parapet.source.as_name': source.asName === '' ? undefined : source.asName,
      'parapet.source.scope': source.scope,
      'parapet.source.value': source.value,
    },
  });
}

/** Returns the record `parapet.decision`, or `parapet.decision.lifted` for one that was ended before its time. */
export function decisionRecord(decision: Decision, what: 'decided' | 'lifted', nowMs: number): OtlpLogRecord {
  const { target, remediation, origin, mode, scenario, alertId, id } = decision;
  const said = what === 'lifted' ? 'no longer' : mode === 'simulated' ? 'would be' : 'from now on';
  return record(what === 'lifted' ? 'parapet.decision.lifted' : 'parapet.decision', 'INFO', {
    atMs: what === 'lifted' ? nowMs : decision.startAt.getTime(),
    nowMs,
    body: `${plain(target.scope)} ${plain(target.value)}: ${said} ${plain(remediation)} (${plain(scenario)})`,
    attributes: {
      'client.address': target.scope.toLowerCase() === 'ip' ? target.value : undefined,
      'security_rule.name': scenario,
      'parapet.alert.id': alertId,
      'parapet.decision.expires_at': decision.expiresAt.toISOString(),
      'parapet.decision.id': id,
      'parapet.decision.mode': mode,
      'parapet.decision.origin': origin,
      'parapet.decision.remediation': remediation,
      'parapet.source.scope': target.scope,
      'parapet.source.value': target.value,
    },
  });
}

/** Returns the record `parapet.attention`: something other than an attack that somebody should know. */
export function attentionRecord(
  about: string,
  detail: string,
  level: OtlpLevel,
  nowMs: number,
): OtlpLogRecord {
  return record('parapet.attention', level, {
    ...{ atMs: nowMs, nowMs, body: plain(detail) },
    attributes: { 'parapet.attention.about': about },
  });
}

/** Returns the message, an ExportLogsServiceRequest. */
export function otlpLogs(logRecords: readonly OtlpLogRecord[], sender: OtlpSender): OtlpLogs {
  const { resource, scope } = headOf(sender);
  return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
}

function record(
  eventName: string,
  level: OtlpLevel,
  given: {
    readonly atMs: number;
    readonly nowMs: number;
    readonly body: string;
    readonly attributes: Readonly<Record<string, Plain>>;
  },
): OtlpLogRecord {
  return {
    timeUnixNano: nanosOf(given.atMs),
    observedTimeUnixNano: nanosOf(given.nowMs),
    severityNumber: LEVELS[level],
    severityText: level,
    eventName,
    body: { stringValue: textOf(given.body) },
    attributes: attributesOf(given.attributes),
  };
}

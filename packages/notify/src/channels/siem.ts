// For machines that collect: CEF over syslog, and documents of the Elastic Common Schema in a file or through
// Elasticsearch's bulk API. Field names are those that these readers know.

import { asRecord, readJson } from './texts.ts';
import { bySeverity, cut, isGood, under, type Format, type HttpAnswer, type Verdict } from './channel.ts';
import { parseIp } from '@parapet/kinds';
import type { Message } from '../message.ts';
import type { Rendered } from '../words/render.ts';

const FACILITY_SECURITY = 13; // "log audit", RFC 5424 table 1

/** RFC 5424 with an ArcSight CEF message (revision 26). `host` and `version` are ours. */
export function formatSyslogFrom(host: string, version: string): Format {
  return ({ message, rendered, channel }) => {
    const level = isGood(message) ? 6 : bySeverity(message.severity, 6, 5, 4, 2);
    const header = `<${FACILITY_SECURITY * 8 + level}>1 ${new Date(message.atMs).toISOString()} ${word(host)} parapet - ${word(message.kind)} -`;
    return { kind: 'syslog', url: channel.url, line: `${header} ${cefOf(message, rendered, version)}` };
  };
}

function cefOf(message: Message, rendered: Rendered, version: string): string {
  const facts = 'facts' in message ? message.facts : undefined;
  const severity = isGood(message) ? 1 : bySeverity(message.severity, 3, 5, 8, 10);
  const name = facts === undefined ? message.kind : facts.attack;
  const [first] = facts?.shown ?? [];
  const isIp = first !== undefined && parseIp(first.value) !== undefined;
  const extension: (readonly [string, string])[] = [
    ['rt', String(message.atMs)],
    ['externalId', message.id],
    ['cat', message.kind],
    ['msg', cut([rendered.title, ...rendered.lines].join(' | '), 1023)],
    ...(message.site === '' ? [] : [['dhost', message.site] as const]),
    ...(facts === undefined
      ? []
      : [
          ['start', String(facts.firstAtMs)] as const,
          ['end', String(facts.lastAtMs)] as const,
          ['cnt', String(facts.events)] as const,
          ['act', facts.outcome] as const,
          ...(first === undefined
            ? []
            : [[isIp ? (first.value.includes(':') ? 'c6a2' : 'src') : 'shost', first.value] as const]),
          ...(isIp && first.value.includes(':') ? [['c6a2Label', 'Source IPv6 Address'] as const] : []),
          ['cs1', facts.scenarios.join(' ')] as const,
          ['cs1Label', 'scenarios'] as const,
          ['cn1', String(facts.sources)] as const,
          ['cn1Label', 'sources'] as const,
        ]),
    ...('incident' in message
      ? ([
          ['cs2', message.incident],
          ['cs2Label', 'incident'],
        ] as const)
      : []),
  ];
  const head = ['CEF:0', 'Parapet', 'Parapet', version, name, cut(rendered.title, 512), String(severity)];
  return `${head.map(cefHead).join('|')}|${extension.map(([key, value]) => `${key}=${cefValue(value)}`).join(' ')}`;
}

/** One document a line. */
export const formatEcsFile: Format = ({ message, rendered, channel }) => ({
  kind: 'file',
  file: channel.file,
  line: JSON.stringify(ecsOf(message, rendered)),
});

/** `create` is what data streams take; a document that is there already counts as delivered. */
export const formatElasticsearch: Format = ({ message, rendered, channel }) => ({
  kind: 'http',
  method: 'POST',
  url: under(channel.url, `/${encodeURIComponent(channel.index)}/_bulk`),
  headers: {
    'content-type': 'application/x-ndjson',
    ...(channel.secret === ''
      ? {}
      : {
          authorization:
            channel.user === ''
              ? `ApiKey ${channel.secret}`
              : `Basic ${Buffer.from(`${channel.user}:${channel.secret}`).toString('base64')}`,
        }),
  },
  body: `${JSON.stringify({ create: { _id: message.id } })}\n${JSON.stringify(ecsOf(message, rendered))}\n`,
  judge: bulkAnswer,
});

function bulkAnswer({ status, body }: HttpAnswer): Verdict {
  if (status === 429 || status >= 500) return { ok: false, fault: 'busy', reason: `status ${status}` };
  if (status !== 200) return { ok: false, fault: 'misconfigured', reason: `status ${status}` };
  const items = readJson(body)['items'];
  const created = asRecord(asRecord(Array.isArray(items) ? items[0] : undefined)['create']);
  const itemStatus = Number(created['status']);
  if (itemStatus === 201 || itemStatus === 200) return { ok: true, answer: String(itemStatus) };
  if (itemStatus === 409) return { ok: true, answer: '409, it was there' };
  const type = asRecord(created['error'])['type'];
  const reason = `status ${itemStatus}${typeof type === 'string' ? `, ${type}` : ''}`;
  return { ok: false, fault: itemStatus === 429 || itemStatus >= 500 ? 'busy' : 'refused', reason };
}

/** Elastic Common Schema 8.11: `event.kind`, `category` and `type` hold allowed values only. */
function ecsOf(message: Message, rendered: Rendered): Readonly<Record<string, unknown>> {
  const facts = 'facts' in message ? message.facts : undefined;
  const isStopped = facts?.outcome === 'blocked';
  const [first] = facts?.shown ?? [];
  const isAddress = first !== undefined && parseIp(first.value) !== undefined;
  return {
    '@timestamp': new Date(message.atMs).toISOString(),
    ecs: { version: '8.11.0' },
    message: [rendered.title, ...rendered.lines].join('\n'),
    event: {
      id: message.id,
      kind: facts === undefined ? 'event' : 'alert',
      ...(facts === undefined
        ? {}
        : {
            category: ['intrusion_detection'],
            type: [isStopped ? 'denied' : 'info'],
            action: facts.attack,
            start: new Date(facts.firstAtMs).toISOString(),
            end: new Date(facts.lastAtMs).toISOString(),
          }),
      outcome: isStopped ? 'success' : 'unknown',
      severity: bySeverity(message.severity, 21, 47, 73, 99),
      module: 'parapet',
      dataset: 'parapet.notifications',
    },
    observer: { vendor: 'Parapet', product: 'Parapet', type: 'waf' },
    ...(facts === undefined || facts.scenarios.length === 0
      ? {}
      : { rule: { name: facts.scenarios[0], ruleset: 'parapet' } }),
    ...(first === undefined
      ? {}
      : {
          source: {
            address: first.value,
            ...(isAddress ? { ip: first.value } : {}),
            ...(first.countryCode === undefined ? {} : { geo: { country_iso_code: first.countryCode } }),
            ...(first.asName === undefined ? {} : { as: { organization: { name: first.asName } } }),
          },
        }),
    ...(message.site === '' ? {} : { service: { name: message.site } }),
    ...(facts?.paths[0] === undefined ? {} : { url: { path: facts.paths[0] } }),
    parapet: {
      kind: message.kind,
      severity: message.severity,
      ...('incident' in message ? { incident: message.incident } : {}),
      ...(facts === undefined
        ? {}
        : {
            outcome: facts.outcome,
            sources: facts.sources,
            events: facts.events,
            alerts: facts.alerts,
            needs_review: facts.needsReview,
            scenarios: facts.scenarios,
          }),
    },
  };
}

function word(text: string): string {
  const safe = text.replaceAll(/[^\u0021-\u007E]/g, '').slice(0, 255);
  return safe === '' ? '-' : safe;
}

function cefHead(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

function cefValue(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('=', '\\=');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001F\u007F]+/g, ' ');
}

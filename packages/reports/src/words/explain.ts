// One plain English sentence for an alert: who, what, how often, over how long, by which scenario.
// The same sentence stands in the terminal, the page, the live view and the command line.

import type { Alert, AlertEvent, AlertSource } from '@parapet/kinds';
import { plain } from '../terminal/text.ts';
import { FAMILIES, SERVICES, type Family } from './families.table.ts';
import { formatSpan, joinWords } from './numbers.ts';

const MAX_EXAMPLE = 48;
const MAX_SUBJECTS = 3;
/** `DE` to `Germany`; a code that no country has stays as it is. */
const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

/** Returns the sentence, without a full stop; it is safe to print on a terminal. */
export function explainAlert(alert: Alert): string {
  return `${describeSource(alert.source)} ${explainAct(alert)} (${plain(alert.scenario)})`;
}

/** Returns the part of the sentence after who: `asked for 11 different pages …`. */
export function explainAct(alert: Alert): string {
  const family = familyOf(alert.scenario, alert.labels);
  const count = Math.max(1, alert.eventsCount);
  const over = count === 1 ? '' : formatOver(alert.stopAt.getTime() - alert.startAt.getTime());
  if (family === undefined) {
    const label = typeof alert.labels['label'] === 'string' ? ` ("${plain(alert.labels['label'])}")` : '';
    const times = count === 1 ? 'one event' : `${count.toLocaleString('en')} events`;
    return `did what this scenario looks for${label}: ${times}${over}`;
  }
  return family.act({
    count,
    over,
    examples: formatExamples(alert.events),
    where: formatWhere(alert),
    weakness: formatWeakness(alert),
    accounts: formatAccounts(alert.events),
    program: formatProgram(alert.events),
    signal: alert.events[0] === undefined ? '' : (metaOf(alert.events[0], 'signal_type') ?? ''),
    subjects: formatSubjects(alert.events),
  });
}

/** Returns who it was: `203.0.113.7 (France, AS64500 Example)`, `The account "alice"`. */
export function describeSource(source: AlertSource): string {
  const value = plain(source.value);
  const about = describeOrigin(source);
  const suffix = about === '' ? '' : ` (${about})`;
  switch (source.scope.toLowerCase()) {
    case 'ip':
      return value + suffix;
    case 'range':
      return `The range ${value}${suffix}`;
    case 'country':
      return `The country ${countryName(value)}`;
    case 'as':
      return `The network AS${value.replace(/^AS/i, '')}${source.asName === undefined ? '' : ` (${plain(source.asName)})`}`;
    case 'user':
    case 'username':
      return `The account "${value}"`;
    case 'session':
      return `The session ${value}`;
    default:
      return `${plain(source.scope)} ${value}`;
  }
}

/** Returns `France, AS64500 Example`, as far as it is known; empty where nothing is. */
export function describeOrigin(source: Pick<AlertSource, 'countryCode' | 'asn' | 'asName'>): string {
  const parts: string[] = [];
  if (source.countryCode !== undefined && source.countryCode !== '')
    parts.push(countryName(source.countryCode));
  const network: string[] = [];
  if (source.asn !== undefined && source.asn !== '' && source.asn !== '0')
    network.push(`AS${plain(source.asn).replace(/^AS/i, '')}`);
  if (source.asName !== undefined && source.asName !== '') network.push(plain(source.asName));
  if (network.length > 0) parts.push(network.join(' '));
  return parts.join(', ');
}

/** Returns the family of a scenario, or undefined where neither its name nor its labels tell. */
export function familyOf(scenario: string, labels: Readonly<Record<string, unknown>>): Family | undefined {
  const name = scenario.slice(scenario.indexOf('/') + 1);
  if (cvesOf(labels).length > 0) return FAMILIES[0];
  const byName = FAMILIES.find((family) => family.name?.test(name) === true);
  if (byName !== undefined) return byName;
  const behaviors = textsOf(labels['behavior'] ?? labels['behaviors']);
  return FAMILIES.find((family) => behaviors.some((behavior) => family.behavior?.test(behavior) === true));
}

/** Returns what a list calls the scenario: its family's title, else its label, else its own name. */
export function scenarioTitle(scenario: string, labels: Readonly<Record<string, unknown>>): string {
  const family = familyOf(scenario, labels);
  if (family !== undefined) return family.title;
  return plain(typeof labels['label'] === 'string' ? labels['label'] : scenario);
}

/** Returns the first value of a meta key, or undefined; empty values count as absent. */
export function metaOf(event: AlertEvent, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = event.meta.find(([name, value]) => name === key && value !== '' && value !== '-');
    if (found !== undefined) return found[1];
  }
  return undefined;
}

/** Returns the path (or whole address) that was asked for, as the parsers name it. */
export function pathOf(event: AlertEvent): string | undefined {
  return metaOf(event, 'http_path', 'request', 'target_uri', 'uri');
}

/** Returns the account that was tried, as the parsers name it. */
export function accountOf(event: AlertEvent): string | undefined {
  return metaOf(event, 'target_user', 'username', 'user');
}

function formatOver(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '';
  return ms < 1000 ? ' within a second' : ` in ${formatSpan(ms)}`;
}

function formatExamples(events: readonly AlertEvent[]): string {
  const paths = new Set<string>();
  for (const event of events) {
    const path = pathOf(event);
    if (path !== undefined) paths.add(shorten(path));
    if (paths.size === 2) break;
  }
  return paths.size === 0 ? '' : `, such as ${joinWords([...paths])}`;
}

function formatWhere(alert: Alert): string {
  const service = (textsOf(alert.labels['service'])[0] ?? '').toLowerCase();
  const named = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  return named === undefined ? '' : ` to ${named}`;
}

function formatWeakness(alert: Alert): string {
  const fromName = /cve[-_](\d{4})[-_](\d{3,7})/i.exec(alert.scenario);
  const cves = cvesOf(alert.labels);
  if (cves.length === 0 && fromName !== null) cves.push(`CVE-${fromName[1]}-${fromName[2]}`);
  const label = typeof alert.labels['label'] === 'string' ? plain(alert.labels['label']) : '';
  const extra = label !== '' && !/cve-\d/i.test(label) ? label : '';
  if (cves.length === 0) return extra === '' ? 'a known weakness' : `a known weakness (${extra})`;
  const names = cves.length > 3 ? `${cves.slice(0, 2).join(', ')} and others` : joinWords(cves);
  return `the weakness${cves.length > 1 ? 'es' : ''} ${names}${extra === '' ? '' : ` (${extra})`}`;
}

function formatAccounts(events: readonly AlertEvent[]): string {
  const accounts = new Set<string>();
  for (const event of events) {
    const account = accountOf(event);
    if (account !== undefined) accounts.add(account);
  }
  return accounts.size < 2 ? '' : ` for ${accounts.size} different accounts`;
}

function formatProgram(events: readonly AlertEvent[]): string {
  const agent =
    events[0] === undefined ? undefined : metaOf(events[0], 'http_user_agent', 'http_user_agent_raw');
  return agent === undefined ? '' : ` ("${shorten(agent)}")`;
}

function formatSubjects(events: readonly AlertEvent[]): string {
  const subjects = new Set(
    events.map((event) => metaOf(event, 'signal_subject')).filter((text) => text !== undefined),
  );
  return subjects.size === 0 ? '' : ` ${joinWords([...subjects].slice(0, MAX_SUBJECTS).map(shorten))}`;
}

function shorten(text: string): string {
  const safe = plain(text);
  return safe.length <= MAX_EXAMPLE ? safe : `${safe.slice(0, MAX_EXAMPLE - 1)}…`;
}

function cvesOf(labels: Readonly<Record<string, unknown>>): string[] {
  return textsOf(labels['classification'])
    .map((text) => /^cve\.(CVE-\d{4}-\d{3,7})$/i.exec(text)?.[1]?.toUpperCase())
    .filter((text) => text !== undefined);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function countryName(code: string): string {
  if (!/^[A-Za-z]{2}$/.test(code)) return plain(code);
  return COUNTRIES.of(code.toUpperCase()) ?? code;
}

// What the traffic detectors found, as alerts and decisions like those of any scenario.

import { createHash } from 'node:crypto';
import { idMaker, type SeriesName, type TrafficFinding } from '@parapet/engine';
import type { Alert, AlertSource, Decision, PageCost } from '@parapet/kinds';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Log-odds from which a client of a wave is not asked but refused. */
const BAN_ODDS = 5;

/** A crawl through costly pages, as far as it had come when it was told. */
export interface CrawlerCostFinding {
  readonly kind: 'crawler-cost';
  readonly site: string;
  readonly atMs: number;
  readonly cost: PageCost;
  /** Of this minute: requests beyond the budget, and the addresses that they came from. */
  readonly beyond: number;
  readonly addresses: number;
}

/** What can be told as an alert; a hostile client is a decision of its wave. */
export type AlertFinding = Exclude<TrafficFinding, { readonly kind: 'hostile-client' }> | CrawlerCostFinding;

/** The site of a log that names no hosts. */
const NO_NAME = 'default';

const idOf = idMaker('traffic');
const VERSION = '1';

/** Returns the alert of a finding. */
export function alertOf(finding: AlertFinding): Alert {
  const scenario = `parapet/${finding.kind}`;
  const source = sourceOf(finding);
  const { count, minutes, message, remediation } = told(finding);
  const knownAt = new Date(finding.atMs);
  return {
    id: idOf(['alert', scenario, source.scope, source.value, String(finding.atMs)]),
    scenario,
    scenarioVersion: VERSION,
    scenarioHash: createHash('sha256').update(`${scenario} ${VERSION}`).digest('hex'),
    source,
    startAt: new Date(finding.atMs - minutes * MINUTE_MS),
    stopAt: knownAt,
    knownAt,
    eventsCount: Math.round(count),
    events: [],
    message,
    remediation,
    simulated: false,
    labels: { service: 'http', label: LABELS[finding.kind], remediation },
    capacity: 0,
    leakSpeedMs: 0,
  };
}

/** Returns the site of an alert about one. */
export function siteOf({ source }: Alert): string {
  return source.value === NO_NAME ? '' : source.value;
}

/** Returns what is done about the address of an alert, or about a client of the wave that the alert tells of. */
export function decisionOf(
  alert: Alert,
  ip: string,
  remediation: 'throttle' | 'captcha' | 'ban',
  atMs: number,
): Decision {
  return {
    id: idOf(['decision', alert.id, ip, remediation]),
    target: { scope: 'ip', value: ip },
    remediation,
    startAt: new Date(atMs),
    expiresAt: new Date(atMs + HOUR_MS),
    scenario: alert.scenario,
    origin: 'scenario',
    mode: alert.simulated ? 'simulated' : 'live',
    alertId: alert.id,
  };
}

/** Who may be a person is asked to prove it; who cannot be one is refused for an hour. */
export function remediationFor(odds: number): 'captcha' | 'ban' {
  return odds >= BAN_ODDS ? 'ban' : 'captcha';
}

const LABELS: Readonly<Record<AlertFinding['kind'], string>> = {
  'site-surge': 'More traffic than is usual at this time',
  'path-surge': 'A path asked for far more than usual',
  'new-script': 'A script answers that nobody ever asked for',
  'new-errors': 'Errors of the server for parameters that nobody ever sent',
  scraper: 'A client that goes through the site page by page',
  'credential-stuffing': 'Far more log-ins than usual',
  'card-testing': 'Far more payments than usual',
  'client-surge': 'A client asking for far more than it ever does',
  'flash-crowd': 'Many more people than usual',
  'attack-wave': 'A wave of machines',
  outage: 'No requests where there always are some',
  'crawler-cost': 'A crawl through costly pages from many addresses',
};

/** In whose names traffic is told; the budget of costly pages has its own. */
export const TRAFFIC_SCENARIOS: readonly string[] = Object.keys(LABELS)
  .filter((kind) => kind !== 'crawler-cost')
  .map((kind) => `parapet/${kind}`);

const SERIES: Readonly<Record<SeriesName, string>> = {
  requests: 'requests',
  visitors: 'visitors (counted each minute)',
  visits: 'visits begun',
  errors: 'visitors who met errors',
  posts: 'forms sent',
  logins: 'forms to log in',
  payments: 'forms to pay',
};

function sourceOf(finding: AlertFinding): AlertSource {
  if (finding.kind === 'client-surge' || finding.kind === 'scraper')
    return { scope: 'ip', value: finding.ip, ip: finding.ip };
  if (finding.kind === 'path-surge') return { scope: 'path', value: finding.surge.path };
  if (finding.kind === 'new-script' || finding.kind === 'new-errors')
    return { scope: 'path', value: finding.path };
  return { scope: 'site', value: finding.site === '' ? NO_NAME : finding.site };
}

interface Told {
  readonly count: number;
  readonly minutes: number;
  readonly message: string;
  readonly remediation: boolean;
}

/** How seldom chance alone does so, in words; `improbability` is minus the decimal logarithm. */
function chance(improbability: number): string {
  const digits = Math.floor(improbability);
  return digits > 9
    ? 'as good as never by chance'
    : `by chance less than once in ${n(10 ** digits)} such times`;
}

function told(finding: AlertFinding): Told {
  switch (finding.kind) {
    case 'site-surge': {
      const { minutes, count, expected, improbability } = finding.surge;
      const message = `${n(count)} ${SERIES[finding.series]} in ${span(minutes)} where ${n(expected)} are usual at this time of the week (${chance(improbability)})`;
      return { count, minutes, message, remediation: false };
    }
    case 'credential-stuffing':
    case 'card-testing': {
      const { minutes, count, expected } = finding.surge;
      const series = finding.kind === 'credential-stuffing' ? 'logins' : 'payments';
      const message = `${n(count)} ${SERIES[series]} in ${span(minutes)} where ${n(expected)} are usual, and visitors have not grown so`;
      return { count, minutes, message, remediation: false };
    }
    case 'scraper': {
      const { ip, pages, minutes } = finding;
      const message = `${ip} has asked for ${n(pages)} pages in ${span(minutes)}, without what belongs to them or faster than people read`;
      return { count: pages, minutes, message, remediation: true };
    }
    case 'outage':
      return {
        count: finding.count,
        minutes: 10,
        message: `${n(finding.count)} requests in ten minutes where ${n(finding.expected)} are usual at this time of the week`,
        remediation: false,
      };
    case 'crawler-cost': {
      const { beyond, addresses, cost } = finding;
      const why = cost.isExploding ? ', of which there are more addresses than anybody wants' : '';
      const message = `${n(beyond)} requests of ${n(addresses)} addresses in a minute for costly pages, beyond what strangers usually ask for; the last for ${JSON.stringify(cost.route)}${why}`;
      return { count: beyond, minutes: 1, message, remediation: false };
    }
    case 'client-surge': {
      const { today, usual, days } = finding.surge;
      const message =
        days === 0
          ? `${finding.ip} has asked for ${n(today)} pages and files today and was never here before; ${n(usual)} is much for anybody`
          : `${finding.ip} has asked for ${n(today)} pages and files today; on ${days} days before it asked for ${n(usual)} a day`;
      return { count: today, minutes: 0, message, remediation: true };
    }
    case 'new-script': {
      const message = `${finding.path} was asked for by ${finding.ip} and answered; nobody has asked for this script before. If you did not put it there, somebody may have`;
      return { count: 1, minutes: 0, message, remediation: false };
    }
    case 'new-errors': {
      const { path, ip, count, usualADay } = finding;
      const message = `${n(count)} errors of the server in an hour for parameters that nobody has sent before, where ${n(usualADay)} are usual in a day; the last for ${path}, asked for by ${ip}`;
      return { count, minutes: 60, message, remediation: false };
    }
    case 'path-surge': {
      const { path, count, expected } = finding.surge;
      const message = `${path} was asked for ${n(count)} times in some ten minutes where ${n(expected)} are usual`;
      return { count, minutes: 10, message, remediation: false };
    }
    case 'attack-wave':
    case 'flash-crowd': {
      const { minutes, machines, people, unclear, usual, clients } = finding.minute;
      const shares = `${n(machines)} of machines, ${n(people)} of people, ${n(unclear)} unclear`;
      const message = `${n(machines + people + unclear)} requests in ${span(minutes)} where ${n(usual)} are usual: ${shares}, of up to ${n(clients)} clients at a time`;
      const isWave = finding.kind === 'attack-wave';
      return { count: isWave ? machines : people, minutes, message, remediation: isWave };
    }
  }
}

function span(minutes: number): string {
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function n(count: number): string {
  return count < 10 ? String(Math.round(count * 10) / 10) : Math.round(count).toLocaleString('en');
}

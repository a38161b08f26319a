// A day with attackers, with a person who would be blocked, and with a client that attacks whoever reads
// the report: markup, escape sequences and text-direction overrides in every field that a log can carry.

import { ReplayCollector } from '../src/replay/collector.ts';
import type { ReplaySummary } from '../src/replay/summary.ts';
import { makeAlert, makeDecision, T0 } from './samples.ts';

const HOSTILE =
  '"><script>alert(1)</script><img src=x onerror=alert(2)>\u001B[2J\u001B]0;owned\u0007\u202Egpj.exe\u2028</td></style></title>`${1}';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';

export function makeHostileSummary(): ReplaySummary {
  const collector = new ReplayCollector();
  const event = (
    source: string,
    at: number,
    path: string,
    status: string,
    referrer = '-',
    userAgent = BROWSER,
  ) => collector.event({ atMs: T0 + at * 1000, source, status, path, referrer, userAgent, user: '-' });
  for (let i = 0; i < 600; i++) event(`198.51.100.${i % 40}`, i * 60, `/node/${i}`, '200');
  addPerson(collector, event);
  for (let i = 0; i < 40; i++) event('203.0.113.7', 4000 + i, `/x${i}.php`, '404', '-', 'curl/7.68.0');
  collector.alert(makeAlert({ paths: ['/x1.php', '/.env'], agent: 'curl/7.68.0' }));
  collector.decision(makeDecision());
  event('192.0.2.66', 9000, `/${HOSTILE}`, '404', HOSTILE, HOSTILE);
  const source = { scope: 'ip', value: '192.0.2.66', countryCode: HOSTILE, asn: HOSTILE, asName: HOSTILE };
  collector.alert(
    makeAlert({
      scenario: `me/http-xss-${HOSTILE}`,
      source,
      paths: [`/${HOSTILE}`],
      agent: HOSTILE,
      labels: { label: HOSTILE },
    }),
  );
  collector.decision(
    makeDecision({ target: { scope: 'ip', value: '192.0.2.66' }, remediation: HOSTILE, scenario: HOSTILE }),
  );
  collector.alert(
    makeAlert({ source: { scope: HOSTILE, value: HOSTILE }, scenario: HOSTILE, eventsCount: 1 }),
  );
  collector.alert(makeAlert({ source: { scope: 'ip', value: '10.0.0.1' }, spared: `private ${HOSTILE}` }));
  collector.unparsed(`bad line ${HOSTILE}`);
  collector.finding({ severity: 'warning', title: HOSTILE, detail: HOSTILE, advice: HOSTILE });
  return collector.finish({
    files: [`/var/log/${HOSTILE}`],
    lines: 700,
    parsed: 699,
    seconds: 0.5,
    inspection: { requests: 700, refused: 1, classes: [{ class: 'sqli', requests: 1, example: HOSTILE }] },
    descriptions: new Map([['crowdsecurity/http-probing', HOSTILE]]),
  });
}

/** Someone who reads the site with a browser and then meets eleven dead links of an old gallery. */
function addPerson(
  collector: ReplayCollector,
  event: (source: string, at: number, path: string, status: string, referrer?: string) => void,
): void {
  const source = '2001:db8::17';
  for (let i = 0; i < 8; i++) {
    event(source, 1000 + i * 30, `/news/${i}`, '200', i === 0 ? '-' : `https://example.org/news/${i - 1}`);
    event(source, 1001 + i * 30, `/style.css?${i}`, '200', `https://example.org/news/${i}`);
    event(source, 1001 + i * 30, `/photo-${i}.jpg`, '200', `https://example.org/news/${i}`);
  }
  const paths = Array.from({ length: 11 }, (_, i) => `/gallery/${i}`);
  for (const [i, path] of paths.entries()) event(source, 1300 + i * 5, path, '404');
  const person = { scope: 'ip', value: source };
  collector.alert(makeAlert({ source: person, paths }));
  collector.decision(makeDecision({ target: person }));
}

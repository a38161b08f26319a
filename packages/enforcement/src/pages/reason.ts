// Why somebody was stopped, in one of a few plain classes: enough to understand it, not enough to tune an attack.

export type ReasonClass =
  | 'sign-in'
  | 'probing'
  | 'attack'
  | 'spam'
  | 'flood'
  | 'crawling'
  | 'list'
  | 'operator'
  | 'other';

// The first that matches names the class: an exploit that floods is an attack, a scan for sign-in pages a scan.
const PATTERNS: readonly (readonly [RegExp, ReasonClass])[] = [
  [
    /cve-|exploit|sqli|xss|injection|traversal|backdoor|log4|spring4|shell|(?:^|[-_/:])rce(?:$|[-_])|vpatch|appsec|webdav|upload/,
    'attack',
  ],
  [/spam|comment|contact|form/, 'spam'],
  [/(?:^|[-_/:])bf(?:$|[-_])|brute|login|credential|password|stuffing|user-enum|account/, 'sign-in'],
  [/dos(?:$|[-_])|flood|rate|hammer/, 'flood'],
  [
    /prob|scan|perimeter|sensitive|enum|404|admin-interface|bad-user-agent|discovery|honeypot|trap/,
    'probing',
  ],
  [/crawl|bot|scrap|facet/, 'crawling'],
];
const MOST_REMEMBERED = 2000;
const remembered = new Map<string, ReasonClass>();

/** Returns the class for a decision's scenario and origin (`cscli` and `crowdsec` are CrowdSec's words). */
export function reasonClassOf(scenario: string, origin: string): ReasonClass {
  if (origin === 'operator' || origin === 'cscli' || origin === 'console') return 'operator';
  if (origin === 'list' || origin === 'lists' || origin === 'community' || origin === 'CAPI') return 'list';
  const known = remembered.get(scenario);
  if (known !== undefined) return known;
  const name = scenario.toLowerCase();
  const found = PATTERNS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(scenario, found);
  return found;
}

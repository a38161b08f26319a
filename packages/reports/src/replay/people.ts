// The conscience of the product: does this source look like a person? Owners' first complaint about every
// such product is that real visitors are blocked and nobody notices. So each would-be-banned source is
// judged by signs that are added up in the open: no learning, no hidden weight, each with its reason.
//
// Signs of a person and of a program are added up apart, since one address can be both: an office behind
// one address with an infected computer in it. `probably a person` needs 4 points and more than the signs
// of a program; `automated` needs 3, more than the signs of a person, and no 4 of those; anything else is
// `unclear`.
// User agents prove nothing good (everyone copies a browser's), only something bad: what only ever calls
// itself a tool or a crawler is never taken for a person.

import { SIGNS, type SignKey } from '../words/signs.table.ts';

export type Verdict = 'probably a person' | 'unclear' | 'automated';

export interface Assessment {
  readonly verdict: Verdict;
  /** In words, the strongest first. */
  readonly reasons: ReadonlyArray<{ readonly text: string; readonly speaksFor: 'person' | 'program' }>;
  readonly personPoints: number;
  readonly programPoints: number;
}

/** What was counted about a source; SourceProfile has it all. */
export interface Behaviour {
  readonly requests: number;
  readonly ok: number;
  readonly notModified: number;
  readonly refused: number;
  readonly refusedPaths: number;
  readonly assets: number;
  readonly pages: number;
  readonly linked: number;
  readonly fastPages: number;
  readonly readPages: number;
  readonly signedIn: number;
  readonly agentChanges: number;
  readonly userAgent: string;
  /** Alerts of a kind that nobody causes by browsing or mistyping, in words; empty when there is none. */
  readonly hostileActs: readonly string[];
  /** Failed logins in the alerts, where that is what they are about. */
  readonly failedLogins: number;
  /** Different accounts in them. */
  readonly accountsTried: number;
}

const TOOLS =
  /sqlmap|nikto|nuclei|wpscan|zgrab|masscan|nmap|gobuster|dirbuster|ffuf|feroxbuster|acunetix|nessus|openvas|curl|wget|python|httpx|aiohttp|go-http-client|java\/|libwww|okhttp|scrapy|headless|phantom|winhttp|axios|node-fetch|perl|ruby|fasthttp|l9explore|census/i;
const CRAWLERS = /bot\b|bot\/|crawl|spider|slurp|\+https?:\/\//i;

/** Returns what the signs add up to. */
export function assess(seen: Behaviour): Assessment {
  const signs: Array<[SignKey, string?]> = [];
  collectPersonSigns(seen, signs);
  collectProgramSigns(seen, signs);
  const isDeclared = signs.some(([key]) => key === 'tool' || key === 'crawler') && seen.agentChanges === 0;
  let personPoints = 0;
  let programPoints = 0;
  const reasons = signs
    .map(([key, detail]) => ({ sign: SIGNS[key], text: SIGNS[key].text(detail ?? '') }))
    .sort((a, b) => b.sign.points - a.sign.points);
  for (const { sign } of reasons) {
    if (sign.speaksFor === 'person') personPoints += sign.points;
    else programPoints += sign.points;
  }
  return {
    verdict: verdictOf(personPoints, programPoints, isDeclared),
    reasons: reasons.map(({ sign, text }) => ({ text, speaksFor: sign.speaksFor })),
    personPoints,
    programPoints,
  };
}

function verdictOf(person: number, program: number, isDeclared: boolean): Verdict {
  if (person >= 4 && person > program && !isDeclared) return 'probably a person';
  if (program >= 3 && program > person && person < 4) return 'automated';
  return 'unclear';
}

function collectPersonSigns(seen: Behaviour, signs: Array<[SignKey, string?]>): void {
  const { pages, assets } = seen;
  if (seen.signedIn >= 2) signs.push(['signed-in', String(seen.signedIn)]);
  if (assets >= 3 && assets >= pages * 0.5) signs.push(['assets', String(assets)]);
  if (seen.linked >= 3 && seen.linked >= (pages + assets) * 0.2) signs.push(['links', String(seen.linked)]);
  if (seen.readPages >= 3 && seen.readPages >= (pages - 1) * 0.5) signs.push(['pauses']);
  if (seen.requests >= 5 && seen.ok + seen.notModified >= seen.requests * 0.8) signs.push(['gets-pages']);
  if (seen.notModified >= 2 && seen.assets >= 2) signs.push(['cache']);
  const isFewLogins = seen.failedLogins > 0 && seen.failedLogins <= 10 && seen.accountsTried <= 1;
  if (isFewLogins && seen.hostileActs.length === 0) signs.push(['few-logins', String(seen.failedLogins)]);
}

function collectProgramSigns(seen: Behaviour, signs: Array<[SignKey, string?]>): void {
  const { pages, requests } = seen;
  for (const act of seen.hostileActs.slice(0, 1)) signs.push(['hostile', act]);
  if (seen.hostileActs.length >= 2) signs.push(['hostile-variety', String(seen.hostileActs.length)]);
  if (requests > 0 && seen.userAgent === '') {
    if (seen.pages + seen.assets > 0 && seen.failedLogins === 0) signs.push(['no-agent']);
  } else if (TOOLS.test(seen.userAgent)) signs.push(['tool', seen.userAgent]);
  else if (CRAWLERS.test(seen.userAgent)) signs.push(['crawler']);
  if (seen.refusedPaths >= 8) signs.push(['odd-paths', String(seen.refusedPaths)]);
  if (requests >= 5 && seen.refused >= requests * 0.6) signs.push(['mostly-refused']);
  if (pages >= 8 && seen.assets === 0) signs.push(['no-assets', String(pages)]);
  if (pages >= 10 && seen.fastPages >= (pages - 1) * 0.7) signs.push(['too-fast']);
  if (seen.agentChanges >= 10) signs.push(['many-agents']);
  if (seen.failedLogins > 30) signs.push(['many-logins', String(seen.failedLogins)]);
  if (seen.accountsTried >= 4) signs.push(['many-accounts', String(seen.accountsTried)]);
}

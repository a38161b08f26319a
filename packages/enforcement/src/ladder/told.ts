// What the ladder did about a request, and why, for the event and for whoever asks later: one sentence.

import type { Inspection, Remediation } from '@parapet/kinds';

/**
 * `observed`: the site only watches. `simulated`: the decision is only rehearsed. `trusted`, `crawler`,
 * `own-proxy`, `allowed`, `route`: spared, for that reason. `passed`: held a valid pass. `slowed`: waited its turn.
 * `step-up`: the CMS was told. `unknown`: a remediation that only other enforcers know. The others are causes of
 * answers; `queue`: the site has too much to do; `cached`: only what the site's cache holds is served to it. `doubtful`: what was found is not certain, and the server that asked can check nobody.
 */
export type ToldCause =
  | 'observed'
  | 'simulated'
  | 'trusted'
  | 'crawler'
  | 'own-proxy'
  | 'allowed'
  | 'route'
  | 'passed'
  | 'doubtful'
  | 'slowed'
  | 'step-up'
  | 'unknown'
  | 'attack'
  | 'ban'
  | 'captcha'
  | 'throttle'
  | 'tarpit'
  | 'closed'
  | 'cached'
  | 'queue';

export interface Told {
  readonly cause: ToldCause;
  /** The decision; absent when there was none. */
  readonly recordId?: string;
  readonly remediation?: Remediation;
  readonly scenario?: string;
  readonly scope?: string;
  /** Who was trusted, which route it was, how long it waited. */
  readonly detail?: string;
  /** What was found in the request, when that is what it is about. */
  readonly found?: Inspection;
}

/** Returns what happened in one sentence, without the full stop; untrusted parts are as they came. */
export function explainTold(told: Told): string {
  return `${outcomeOf(told)}${decisionOf(told)}`;
}

function outcomeOf({ cause, remediation = 'decision', detail = '', found }: Told): string {
  const what =
    found !== undefined ? 'what it holds' : (NOUNS.get(remediation) ?? `a decision "${remediation}"`);
  switch (cause) {
    case 'observed':
      return found !== undefined
        ? 'let through, because the site only observes; enforced, it would have been refused for what it holds'
        : `let through, because the site only observes; enforced, it would have been ${what}`;
    case 'simulated':
      return `let through, because the decision is simulated; live, it would have been ${what}`;
    case 'trusted':
      return `let through, because ${detail === '' ? 'its sender' : detail} holds the trust cookie, in spite of ${what}`;
    case 'crawler':
      return `let through, because it is a verified search engine, in spite of ${what}`;
    case 'own-proxy':
      return `let through, because its address is that of the site's own proxy, in spite of ${what}`;
    case 'allowed':
      return `let through, because its address is on the allowlist, in spite of ${what}`;
    case 'route':
      return `let through, because a ${detail} is never banned, in spite of ${what}`;
    case 'passed':
      return 'let through, because its sender passed the check before';
    case 'doubtful':
      return 'let through, because what it holds is doubtful at most';
    case 'slowed':
      return `let through after waiting its turn for ${detail}`;
    case 'step-up':
      return 'let through, and the CMS was told to ask for more';
    case 'unknown':
      return `let through, because this enforcer does not know "${remediation}"`;
    case 'attack':
      return 'refused for what it holds';
    case 'ban':
      return 'blocked';
    case 'captcha':
      return 'checked before it was let through';
    case 'throttle':
    case 'tarpit':
      return detail === ''
        ? 'refused for now, too many at once'
        : `refused for now, too many at once (${detail})`;
    case 'cached':
      return "refused for now, because it is served only what the site's cache holds";
    case 'queue':
      return 'asked to wait its turn, because the site has more to do than it can';
    case 'closed':
      return 'refused, because the engine has not been heard and this path is closed without it';
  }
}

const NOUNS: ReadonlyMap<string, string> = new Map([
  ['ban', 'a ban'],
  ['captcha', 'a challenge'],
  ['throttle', 'a slower service'],
  ['tarpit', 'a very slow service'],
  ['step-up', 'a word to the CMS'],
]);

function decisionOf({ recordId, scenario = '', scope = '' }: Told): string {
  if (recordId === undefined) return '';
  const why = scenario === '' ? '' : ` for ${scenario}`;
  const whom = scope === '' ? '' : ` on its ${SCOPES.get(scope) ?? scope}`;
  return ` (record ${recordId}${why}${whom})`;
}

const SCOPES: ReadonlyMap<string, string> = new Map([
  ['ip', 'address'],
  ['range', 'range of addresses'],
  ['as', 'network'],
]);

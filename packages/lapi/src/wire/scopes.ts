// What the store has as words of ours, and the protocol as CrowdSec's.

import { crowdsecScope, parapetScope } from '@parapet/engine';
import { parseCidr, parseIp, type Target } from '@parapet/kinds';

export { crowdsecScope, parapetScope };

/** Origins that the protocol has a name of its own for; all others are the same. */
const ORIGINS: ReadonlyMap<string, string> = new Map([
  ['scenario', 'crowdsec'],
  ['operator', 'cscli'],
  ['community', 'CAPI'],
  ['list', 'lists'],
]);
const OWN_ORIGINS: ReadonlyMap<string, string> = new Map(
  [...ORIGINS].map(([own, theirs]) => [theirs.toLowerCase(), own]),
);

/** `scenario` is `crowdsec` there; `list/name` is `lists:name`. */
export function wireOrigin(origin: string): string {
  const slash = origin.indexOf('/');
  if (slash === -1) return ORIGINS.get(origin) ?? origin;
  const [kind, name] = [origin.slice(0, slash), origin.slice(slash + 1)];
  return kind === 'list' ? `lists:${name}` : (ORIGINS.get(kind) ?? origin);
}

/** The reverse; a name that we do not know stays. */
export function ownOrigin(origin: string): string {
  if (origin.toLowerCase().startsWith('lists:')) return `list/${origin.slice(6)}`;
  return OWN_ORIGINS.get(origin.toLowerCase()) ?? origin;
}

/** A target with its value in the one form that the store compares, or undefined when its scope cannot have it. */
export function targetOf(rawScope: string, rawValue: string): Target | undefined {
  const scope = parapetScope(rawScope);
  if (scope === 'ip') {
    const ip = parseIp(rawValue);
    return ip === undefined ? undefined : { scope, value: ip };
  }
  if (scope === 'range') {
    const text = parseCidr(rawValue)?.text ?? parseIp(rawValue);
    return text === undefined ? undefined : { scope, value: text };
  }
  return rawValue === '' ? undefined : { scope, value: rawValue };
}

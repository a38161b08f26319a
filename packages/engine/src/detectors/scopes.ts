// The two spellings of a scope: Parapet's own (`ip`, `range`, `country`, `as`) and CrowdSec's, which
// expressions, messages and the protocol show (`Ip`, `Range`, `Country`, `AS`). Any other scope is a name a
// scenario chose, and is the same in both.

const CROWDSEC_NAMES: ReadonlyMap<string, string> = new Map([
  ['ip', 'Ip'],
  ['range', 'Range'],
  ['country', 'Country'],
  ['as', 'AS'],
]);

/** Returns the scope as CrowdSec spells it, whatever case it came in. */
export function crowdsecScope(scope: string): string {
  return CROWDSEC_NAMES.get(scope.toLowerCase()) ?? scope;
}

/** Returns the scope as Parapet spells it. */
export function parapetScope(scope: string): string {
  const lower = scope.toLowerCase();
  return CROWDSEC_NAMES.has(lower) ? lower : scope;
}

// Helpers of the reference that Parapet does not have, and why. An expression that uses one is refused when it is
// loaded: a silent false would be a rule that looks alive and never fires.

export const absentHelpers: Readonly<Record<string, string>> = {
  CrowdsecCTI: "It asks CrowdSec's paid reputation service; use GetDecisionsCount or an imported list",
  LibInjectionIsSQLI: 'It belongs to the inspection of requests; use the rules of parapet inspect',
  LibInjectionIsXSS: 'It belongs to the inspection of requests; use the rules of parapet inspect',
};

// The door of the expression language: expr-lang as CrowdSec's hub uses it, compiled once to closures.

export type { Environment, HelperFunction, MemberGetter, Variable } from './environment.ts';
export { AnyMap, Float, GoDuration, GoTime, HostObject, ValueMap, type Value } from './value.ts';

// What Parapet has said about the sender of a request, kept beside the request for the program to ask.

import type { Ip } from '@parapet/kinds';
import type { HeaderPairs } from './asker.ts';

export interface Visitor {
  /** The true address behind trusted proxies. */
  readonly ip: Ip | undefined;
  /** Set when there is a decision that lets the request pass. */
  readonly threat: 'low' | 'medium' | undefined;
  /** The record id of that decision. */
  readonly recordId: string | undefined;
  /** Why the program should ask for more than a password: the name of a scenario. */
  readonly stepUp: string | undefined;
}

const VISITORS = new WeakMap<object, Visitor>();

/** Returns what is known of the sender; undefined for a request that did not pass through Parapet's middleware. */
export function visitorOf(request: object): Visitor | undefined {
  return VISITORS.get(request);
}

export function rememberVisitor(request: object, ip: Ip | undefined, headers: HeaderPairs): Visitor {
  const said = (name: string): string | undefined => headers.find((pair) => pair[0] === name)?.[1];
  const threat = said('x-parapet-threat');
  const visitor: Visitor = {
    ip,
    threat: threat === 'low' || threat === 'medium' ? threat : undefined,
    recordId: said('x-parapet-record'),
    stepUp: said('x-parapet-step-up'),
  };
  VISITORS.set(request, visitor);
  return visitor;
}

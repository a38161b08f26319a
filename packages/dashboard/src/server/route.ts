// A route as data: who may use it and what it does. The server is made of these, and so are the tests of who may what.

import type { Language } from '@parapet/kinds';
import type { User, UserSession } from '@parapet/store';
import type { z } from 'zod';
import type { Reach, Role } from './access/roles.ts';
import { Problem } from './problem.ts';
import type { Services } from './services.ts';

export interface Asked<Body> extends Services {
  readonly body: Body;
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly ip: string;
  readonly agent: string;
  /** The Host header: a name of ours, perhaps with a port. */
  readonly host: string;
  /** Of the page that asks: `https://parapet.example`. */
  readonly origin: string;
  /** What a browser brings back from the provider of identities, sealed; empty without. */
  readonly journey: string;
  /** Of the page that asks. */
  readonly language: Language;
  /** Who asks; of routes for everybody it may be nobody. */
  readonly by: Caller | undefined;
  /** Of which sites this is; the services know no others. */
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

export interface Caller {
  readonly user: User;
  readonly session: UserSession;
}

export interface Reply {
  readonly body: unknown;
  /** A cookie: a token to set, or the end of the session. */
  readonly session?: { readonly token: string } | 'end';
  /** A cookie for the way to the provider of identities and back, or its end. */
  readonly journey?: string;
  /** A page of ours to send the browser to, instead of the body. */
  readonly goTo?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `/data`, parameters as `:name`. */
  readonly path: string;
  readonly role: Role | 'everybody';
  /** `all`: it is about everything, so the role has to be one for all sites. */
  readonly needs: 'sites' | 'all';
  readonly body: z.ZodType | undefined;
  readonly handle: (asked: Asked<never>) => Promise<Reply | Response>;
}

type Handler<Body> = (asked: Asked<Body>) => Promise<Reply | Response>;

export function get(
  path: string,
  role: Route['role'],
  handle: Handler<undefined>,
  needs: Route['needs'] = 'sites',
): Route {
  return { method: 'GET', path, role, needs, body: undefined, handle };
}

export function post<Body extends z.ZodType>(
  path: string,
  role: Route['role'],
  body: Body,
  handle: Handler<z.output<Body>>,
  needs: Route['needs'] = 'sites',
): Route {
  // What it is handed was read by the schema.
  return { method: 'POST', path, role, needs, body, handle: handle as Route['handle'] };
}

/** Returns who asks; of a route that is not for everybody there is somebody. */
export function callerOf(asked: { readonly by: Caller | undefined }): Caller {
  if (asked.by === undefined) throw new Problem(401, 'E_DASHBOARD_LOGIN', 'log in first');
  return asked.by;
}

/** From which row on a list is asked for. */
export function offsetOf(query: URLSearchParams): number {
  const from = Number(query.get('from') ?? 0);
  return Number.isInteger(from) && from > 0 ? from : 0;
}

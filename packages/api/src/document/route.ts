// A route as data: what it is for, who may use it, what it takes and what it answers. The server is made of these, and
// so are the OpenAPI document and the tests of who may do what.

import type { ApiToken } from '@parapet/store';
import type { z } from 'zod';
import type { Scope } from '../access/scopes.ts';
import type { ApiOptions } from '../options.ts';
import type { Problem } from '../problem.ts';

export interface Asked<Query, Body> {
  readonly options: ApiOptions;
  readonly query: Query;
  readonly body: Body;
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly token: ApiToken;
  /** As sent, of routes without a schema for their body. */
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export interface Reply {
  readonly status: 200 | 201 | 202 | 204;
  readonly body?: unknown;
}

export interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
}

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** Below `/api/v1`, parameters as `{name}`. */
  readonly path: string;
  /** Undefined: for everybody. */
  readonly scope: Scope | undefined;
  readonly summary: string;
  readonly query: z.ZodObject | undefined;
  /** `raw` is read by the route itself. */
  readonly body: z.ZodType | 'raw' | undefined;
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 204, RouteAnswer>>>;
  /** Problems beside those that any route may answer, by status. */
  readonly problems: Readonly<Record<number, string>>;
  readonly mostBytes: number;
  readonly handle: (asked: Asked<never, never>) => Promise<Reply | Problem>;
}

interface RouteGiven<Query extends z.ZodObject, Body extends z.ZodType> {
  readonly scope?: Scope;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body | 'raw';
  readonly answers: Route['answers'];
  readonly problems?: Route['problems'];
  readonly mostBytes?: number;
  readonly handle: (asked: Asked<z.output<Query>, z.output<Body>>) => Promise<Reply>;
}

const USUAL_BYTES = 65_536;

export function route<
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
>(method: Route['method'], path: string, given: RouteGiven<Query, Body>): Route {
  const { scope, summary, query, body, answers, problems = {}, mostBytes = USUAL_BYTES, handle } = given;
  return {
    ...{ method, path, scope, summary, query, body, answers, problems, mostBytes },
    // What it is handed was read by the two schemas.
    handle: handle as Route['handle'],
  };
}

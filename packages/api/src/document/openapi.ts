// The OpenAPI document (3.1), made of the routes and of the schemas that their answers are made by.

import { z } from 'zod';
import { SCOPES } from '../access/scopes.ts';
import { problemSchema, PROBLEM_TYPE } from '../problem.ts';
import { SCHEMAS } from '../resources/schemas.ts';
import type { Route } from './route.ts';

/** What any route may answer. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: 'The request is not written as it has to be',
  401: 'No token, or one that is not known or has expired',
  403: 'The token has not the scope',
  421: 'The Host header names another machine',
  429: 'Too fast; come again after Retry-After',
  500: 'Something of our own went wrong',
  503: 'The store cannot be used at the moment',
};

export function openapiOf(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parapet',
      version,
      description: "Parapet's own API. Errors are problem details (RFC 9457) with a code that never changes.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `A token of \`parapet tokens add\`, with some of the scopes ${SCOPES.join(', ')}`,
        },
      },
      schemas: componentsOf(),
    },
  };
}

function operationOf(route: Route): object {
  const { summary, scope, query, body, answers, problems, method, path } = route;
  const responses: Record<string, object> = {};
  for (const [status, { description, schema }] of Object.entries(answers))
    responses[status] = { description, ...contentOf(schema, 'application/json') };
  const faults = { ...ALWAYS, ...(body === undefined ? {} : BODY_FAULTS), ...problems };
  for (const [status, description] of Object.entries(faults))
    if (scope !== undefined || (status !== '401' && status !== '403'))
      responses[status] = { description, ...contentOf(problemSchema, PROBLEM_TYPE) };
  const parameters = [...pathParameters(path), ...queryParameters(query)];
  return {
    operationId: operationId(method, path),
    summary,
    ...(scope === undefined ? { security: [] } : { description: `Scope: \`${scope}\``, 'x-scope': scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: requestContent(body) } }),
    responses,
  };
}

const BODY_FAULTS: Readonly<Record<number, string>> = {
  413: 'The body is too long',
  415: 'The body is of a type that is not taken',
};

function requestContent(body: z.ZodType | 'raw'): object {
  if (body !== 'raw') return { 'application/json': { schema: referenceTo(body, 'input') } };
  const record = referenceTo(SCHEMAS.Signal, 'input');
  return {
    'application/json': { schema: { anyOf: [record, { type: 'array', items: record, maxItems: 1000 }] } },
    'application/x-ndjson': { schema: { type: 'string', description: 'One record a line' } },
  };
}

function contentOf(schema: z.ZodType | undefined, mediaType: string): object {
  return schema === undefined ? {} : { content: { [mediaType]: { schema: referenceTo(schema, 'output') } } };
}

/** `getAlertsId`: what generators name a function. */
function operationId(method: string, path: string): string {
  const words = path.split('/').flatMap((part) => part.split(/[^A-Za-z]+/));
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined): readonly object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const {
      $schema: _,
      description,
      ...rest
    } = z.toJSONSchema(schema as z.ZodType, {
      io: 'input',
      unrepresentable: 'any',
    });
    return { name, in: 'query', ...(description === undefined ? {} : { description }), schema: rest };
  });
}

const NAMES = new Map<unknown, string>(Object.entries(SCHEMAS).map(([name, schema]) => [schema, name]));

function referenceTo(schema: z.ZodType, io: 'input' | 'output'): object {
  const name = NAMES.get(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const { $schema: _, ...inline } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const inner = NAMES.get(zodSchema);
      if (inner === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = `#/components/schemas/${inner}`;
    },
  });
  return inline;
}

function componentsOf(): object {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (name) => `#/components/schemas/${name}`,
    unrepresentable: 'any',
    io: 'output',
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema]),
  );
}

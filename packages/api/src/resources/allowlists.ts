// Allowlists: list, add, remove.

import { parseIpOrCidr } from '@parapet/kinds';
import { z } from 'zod';
import { route, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { SCHEMAS } from './schemas.ts';
import { entryWords } from './words.ts';

const name = z
  .string()
  .regex(/^[\w.@:-]{1,100}$/, 'has to be letters, digits, . @ : _ and -')
  .describe('The list');
const entries = z.strictObject({ items: z.array(SCHEMAS.AllowlistEntry) });

const newEntry = z
  .strictObject({
    list: name.default('default'),
    value: z.string().min(1).max(100).describe('An address or a range'),
    comment: z.string().max(500).default(''),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .describe('An entry to be added');

export const allowlistRoutes: readonly Route[] = [
  route('get', '/allowlists', {
    scope: 'allowlists:read',
    summary: 'All entries, or those of one list',
    query: z.strictObject({ list: name.optional() }),
    answers: { 200: { description: 'The entries', schema: entries } },
    handle: async ({ options: { store }, query }) => ({
      status: 200,
      body: { items: (await store.listAllowlist(query.list)).map(entryWords) },
    }),
  }),
  route('post', '/allowlists', {
    scope: 'allowlists:write',
    summary: 'Adds an entry; what was decided inside it ends',
    body: newEntry,
    answers: { 201: { description: 'The entry', schema: SCHEMAS.AllowlistEntry } },
    handle: async ({ options: { store, now, onLifted }, body, token }) => {
      const cidr = parseIpOrCidr(body.value);
      if (cidr === undefined)
        throw new Problem(400, 'E_API_BODY', `value ${JSON.stringify(body.value)} is no address or range`);
      const { list, comment } = body;
      const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt);
      if (expiresAt !== undefined && expiresAt <= now())
        throw new Problem(400, 'E_API_BODY', 'expiresAt is over already');
      const value = body.value.includes('/') ? cidr.text : cidr.text.split('/')[0]!;
      const added = await store.addToAllowlist(
        [{ list, value, comment, ...(expiresAt === undefined ? {} : { expiresAt }) }],
        `token ${token.name}`,
      );
      onLifted(added.lifted);
      return { status: 201, body: entryWords(added.entries[0]!) };
    },
  }),
  route('delete', '/allowlists', {
    scope: 'allowlists:write',
    summary: 'Removes the entry of exactly this value, from one list or all',
    query: z.strictObject({ value: z.string().min(1).max(100), list: name.optional() }),
    answers: { 200: { description: 'The entries that were removed', schema: entries } },
    problems: { 404: 'There is no such entry' },
    handle: async ({ options: { store }, query: { value, list } }) => {
      if (parseIpOrCidr(value) === undefined)
        throw new Problem(400, 'E_API_QUERY', `value ${JSON.stringify(value)} is no address or range`);
      const removed = await store.removeFromAllowlist(value, list);
      if (removed.length === 0) throw new Problem(404, 'E_API_ABSENT', `${value} is on no such list`);
      return { status: 200, body: { items: removed.map(entryWords) } };
    },
  }),
];

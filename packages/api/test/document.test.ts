// Every answer is what the OpenAPI document says it is, and the document is committed as docs/openapi.json, so that a
// change of it is seen. `UPDATE_OPENAPI=1 vitest run` writes the file anew.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../src/api.ts';
import { schemaFaults, type Schema } from './schemaFaults.ts';
import { DECISION_ID, filled, type Asked, type AskOptions } from './stand.ts';

const FILE = path.resolve(import.meta.dirname, '../../../docs/openapi.json');

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

/** Says what is wrong with answers; nothing when all is well. */
class Checker {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  faults(method: string, template: string, answer: Asked): readonly string[] {
    const label = `${method} ${template} ${answer.status}`;
    const response = this.#document.paths[template]?.[method]?.responses[String(answer.status)];
    if (response === undefined) return [`${label} is not in the document`];
    const type = (answer.headers.get('content-type') ?? '').split(';')[0]!;
    const schema = response.content?.[type]?.schema;
    if (schema === undefined) return answer.text === '' ? [] : [`${label} is ${type}`];
    return schemaFaults(schema, answer.json(), this.#document.components.schemas, label);
  }
}

async function documentOf(ask: (method: string, target: string, options?: AskOptions) => Promise<Asked>) {
  const answer = await ask('GET', '/api/v1/openapi.json', { token: null });
  return { text: answer.text, document: answer.json() as Document };
}

describe('the OpenAPI document', () => {
  it('is the one in docs/openapi.json', async () => {
    const { ask } = await filled();
    const { document } = await documentOf(ask);
    if (process.env['UPDATE_OPENAPI'] !== undefined)
      writeFileSync(FILE, `${JSON.stringify(document, undefined, 2)}\n`);
    expect(document).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });

  it('has every route, with names of their own, and every reference leads somewhere', async () => {
    const { ask } = await filled();
    const { document, text } = await documentOf(ask);
    const operations = Object.values(document.paths).flatMap((one) => Object.values(one));
    expect(operations).toHaveLength(ROUTES.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(document.components.schemas).toHaveProperty(name);
    expect(text).not.toMatch(/"\$ref":"(?!#\/components\/schemas\/)/);
  });

  it('is found by the checker to be broken when an answer is', async () => {
    const { ask } = await filled();
    const { document } = await documentOf(ask);
    const checker = new Checker(document);
    const asked = (status: number, body: unknown): Asked => ({
      ...{ status, text: JSON.stringify(body), json: () => body },
      headers: new Headers({ 'content-type': 'application/json' }),
    });
    const good = { accepted: 1, duplicates: 0, refused: {}, waiting: 0, limited: 0 };
    expect(checker.faults('get', '/signals', asked(200, good))).toEqual([]);
    for (const wrong of [{ ...good, accepted: '1' }, { ...good, surprise: 1 }, { accepted: 1 }, []])
      expect(checker.faults('get', '/signals', asked(200, wrong))).not.toEqual([]);
    expect(checker.faults('get', '/signals', asked(418, good))).toHaveLength(1);
  });

  it('says what every answer looks like', async () => {
    const { ask, store, tokenFor } = await filled();
    const { document } = await documentOf(ask);
    const checker = new Checker(document);
    const faults: string[] = [];
    const seen = new Set<string>();
    const check = async (
      method: 'get' | 'post' | 'delete',
      template: string,
      target: string,
      options: AskOptions = {},
    ): Promise<Asked> => {
      const answer = await ask(method.toUpperCase(), `/api/v1${target}`, options);
      faults.push(...checker.faults(method, template, answer));
      seen.add(`${method} ${template} ${Math.floor(answer.status / 100)}`);
      return answer;
    };
    const nobody = await tokenFor('nobody', []);
    for (const { method, path: template } of ROUTES) {
      await check(method, template, template.replaceAll(/\{\w+\}/g, 'x'), { token: null });
      await check(method, template, template.replaceAll(/\{\w+\}/g, 'x'), { token: nobody });
      await check(method, template, `${template.replaceAll(/\{\w+\}/g, '1')}?__proto__=1`, {
        ...(method === 'get' ? {} : { raw: '{' }),
      });
    }
    await check('get', '/status', '/status');
    await check('get', '/alerts', '/alerts');
    await check('get', '/alerts', '/alerts?limit=1');
    await check('get', '/alerts/{id}', '/alerts/1');
    await check('get', '/alerts/{id}', '/alerts/2');
    await check('get', '/explanations/{recordId}', '/explanations/aaaabbbb');
    await check('get', '/explanations/{recordId}', '/explanations/1a2b3c4d');
    await check('get', '/explanations/{recordId}', '/explanations/ffffffff');
    await check('get', '/decisions', '/decisions');
    await check('get', '/decisions/check', '/decisions/check?value=203.0.113.5');
    await check('get', '/decisions/check', '/decisions/check?value=198.51.100.7');
    await check('get', '/decisions/check', '/decisions/check?value=FR&scope=country');
    const country = { value: 'FR', scope: 'country', duration: '7d' };
    await check('post', '/decisions', '/decisions', { body: country });
    await check('post', '/decisions', '/decisions', { body: { value: '10.0.0.1' } });
    await check('post', '/decisions', '/decisions', { body: { value: '10.0.0.1', force: 1 } });
    await check('delete', '/decisions', '/decisions?value=FR');
    await check('delete', '/decisions/{number}', '/decisions/1');
    await check('delete', '/decisions/{number}', '/decisions/100');
    await check('get', '/decisions', '/decisions?active=false');
    await check('get', '/explanations/{recordId}', `/explanations/${DECISION_ID.slice(0, 8)}`);
    await check('delete', '/alerts/{id}', '/alerts/1');
    const entry = { value: '2001:db8::/32', expiresAt: '2030-01-01T00:00:00+01:00' };
    await check('post', '/allowlists', '/allowlists', { body: entry });
    await check('get', '/allowlists', '/allowlists');
    await check('delete', '/allowlists', '/allowlists?value=2001:db8::/32');
    await check('get', '/inspections', '/inspections');
    await check('get', '/inspections', '/inspections?limit=1');
    await check('get', '/inspections/{id}', '/inspections/1a2b3c4d');
    await check('get', '/feedback/preview', '/feedback/preview?recordId=1a2b3c4d');
    const said = { recordId: '1a2b3c4d', kind: 'no-attack' };
    await check('post', '/feedback', '/feedback', { body: said });
    const end = '2026-04-01T00:00:00Z';
    await check('post', '/feedback', '/feedback', { body: { ...said, confirm: true, expiresAt: end } });
    await check('get', '/feedback', '/feedback');
    await check('delete', '/feedback/{number}', '/feedback/1');
    await check('get', '/feedback', '/feedback?active=false');
    const batch = [
      { type: 'login.failed', id: 'a' },
      { type: 'login.failed', id: 'a' },
      { type: 'x', id: 'b' },
      5,
    ];
    await check('post', '/signals', '/signals', { body: batch });
    await check('post', '/signals', '/signals', { body: [{ type: 'x' }] });
    await check('get', '/signals', '/signals');
    for (let i = 0; i < 220; i++) await ask('GET', '/api/v1/signals');
    await check('get', '/status', '/status');
    expect(faults).toEqual([]);
    for (const { method, path: template } of ROUTES)
      expect(seen, `${method} ${template}`).toContain(`${method} ${template} 2`);
    await store.close();
    faults.push(...checker.faults('get', '/alerts', await ask('GET', '/api/v1/alerts')));
    expect(faults).toEqual([]);
  });
});

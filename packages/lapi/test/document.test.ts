// Every answer that has a body is what CrowdSec's OpenAPI document says it is: its status is listed, its values have
// the types and formats of its schema, and it has no key that the schema does not know.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseCidr } from '@parapet/kinds';
import { sentAlert, stand, type Asked } from './stand.ts';

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');
const DOCUMENT = path.join(SHARED, 'data/crowdsec/localapi_swagger.yaml');

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Document {
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly paths: Readonly<
    Record<string, Record<string, { readonly responses: Record<string, { readonly schema?: Schema }> }>>
  >;
}

/** What the document leaves out: refusals, and the 201 that CrowdSec's own code answers to metrics. */
const UNLISTED: Readonly<Record<string, string>> = {
  'post /watchers/login 401': 'ErrorResponse',
  'get /decisions/stream 403': 'ErrorResponse',
  'get /alerts 401': 'ErrorResponse',
  'get /alerts/{alert_id} 404': 'ErrorResponse',
  'get /alerts/{alert_id} 400': 'ErrorResponse',
  'delete /decisions/{decision_id} 400': 'ErrorResponse',
  'post /watchers 403': 'ErrorResponse',
  'post /usage-metrics 201': 'SuccessResponse',
  'post /usage-metrics 422': 'ErrorResponse',
};
/** The code in the body of a 401, which the document does not know. */
const UNKNOWN_KEYS = new Set(['ErrorResponse.code']);

class Checker {
  readonly #document: Document;

  constructor(text: string) {
    this.#document = parse(text) as Document; // a file that is kept for this test
  }

  /** Problems of an answer, in words; none when all is well. */
  answer(method: string, template: string, asked: Asked): readonly string[] {
    const label = `${method} ${template} ${asked.status}`;
    const listed = this.#document.paths[template]?.[method]?.responses[String(asked.status)];
    const unlisted = UNLISTED[label];
    if (listed === undefined && unlisted === undefined) return [`${label} is not in the document`];
    const schema = unlisted === undefined ? listed?.schema : { $ref: `#/definitions/${unlisted}` };
    if (schema === undefined) return asked.text === '' ? [] : [`${label} has a body`];
    const problems: string[] = [];
    this.#check(schema, asked.json(), label, '', problems);
    return problems;
  }

  #check(schema: Schema, value: unknown, at: string, name: string, problems: string[]): void {
    const whole = this.#whole(schema);
    const of = whole.name === '' ? name : whole.name;
    // Go writes a list that was never made as null; its clients take that for an empty one.
    if (whole.type === 'array' && value === null) return;
    const fault = faultOf(whole.type ?? 'object', whole.format, value);
    if (fault !== undefined) problems.push(`${at}: ${fault}`);
    else if (Array.isArray(value))
      value.forEach((one, i) => this.#check(whole.items ?? {}, one, `${at}[${i}]`, of, problems));
    else if (typeof value === 'object' && value !== null && whole.properties.size > 0) {
      for (const key of whole.required) if (!(key in value)) problems.push(`${at}.${key} is missing`);
      for (const [key, inner] of Object.entries(value)) {
        const property = whole.properties.get(key);
        if (property !== undefined) this.#check(property, inner, `${at}.${key}`, `${of}.${key}`, problems);
        else if (!UNKNOWN_KEYS.has(`${of}.${key}`)) problems.push(`${at}.${key} is not known`);
      }
    }
  }

  #whole(schema: Schema): {
    name: string;
    type: string | undefined;
    format: string | undefined;
    items: Schema | undefined;
    properties: Map<string, Schema>;
    required: readonly string[];
  } {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.slice('#/definitions/'.length);
      return { ...this.#whole(this.#document.definitions[name]!), name };
    }
    const parts = (schema.allOf ?? []).map((part) => this.#whole(part));
    const properties = new Map(parts.flatMap((part) => [...part.properties]));
    for (const [key, one] of Object.entries(schema.properties ?? {})) properties.set(key, one);
    const required = [...parts.flatMap((part) => part.required), ...(schema.required ?? [])];
    return { name: '', type: schema.type, format: schema.format, items: schema.items, properties, required };
  }
}

function faultOf(type: string, format: string | undefined, value: unknown): string | undefined {
  const isRight =
    type === 'array'
      ? Array.isArray(value)
      : type === 'integer'
        ? Number.isSafeInteger(value)
        : type === 'object'
          ? typeof value === 'object' && value !== null && !Array.isArray(value)
          : typeof value === type;
  if (!isRight) return `${JSON.stringify(value)} is no ${type}`;
  if (
    format === 'date-time' &&
    (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value))
  )
    return `${JSON.stringify(value)} is no date-time`;
  return undefined;
}

describe.skipIf(!existsSync(DOCUMENT))(
  "answers, by CrowdSec's document (skipped without shared data)",
  () => {
    it('are found wrong by the checker when they are', () => {
      const checker = new Checker(readFileSync(DOCUMENT, 'utf8'));
      const asked = (status: number, body: unknown): Asked => ({
        ...{ status, text: JSON.stringify(body), headers: new Headers(), json: () => body },
      });
      const wrong = [
        asked(200, { new: [{ id: '1' }], deleted: null }),
        asked(200, { new: [{ surprise: 1 }], deleted: null }),
        asked(200, []),
        asked(400, {}),
        asked(418, {}),
      ];
      for (const one of wrong) expect(checker.answer('get', '/decisions/stream', one)).not.toEqual([]);
      expect(checker.answer('get', '/decisions/stream', asked(200, { new: null, deleted: null }))).toEqual(
        [],
      );
    });

    it('have the form that it gives them', async () => {
      const checker = new Checker(readFileSync(DOCUMENT, 'utf8'));
      const registration = { token: 'let-me-in-please', ranges: [parseCidr('127.0.0.0/8')!] };
      const { ask, get, as, ban, store, pass } = await stand({ registration });
      const problems: string[] = [];
      const seen = new Set<string>();
      const check = (method: string, template: string, asked: Asked): Asked => {
        seen.add(`${method} ${template}`);
        problems.push(...checker.answer(method, template, asked));
        return asked;
      };
      const login = (password: string): string =>
        JSON.stringify({ machine_id: 'web1', password, scenarios: ['a/b'] });
      const register = (name: string, more = {}): { body: string } => ({
        body: JSON.stringify({ machine_id: name, password: 'pw', ...more }),
      });
      check('post', '/watchers/login', await ask('POST', '/v1/watchers/login', { body: login('secret') }));
      check('post', '/watchers/login', await ask('POST', '/v1/watchers/login', { body: login('wrong') }));
      check('post', '/watchers', await ask('POST', '/v1/watchers', register('web2')));
      check('post', '/watchers', await ask('POST', '/v1/watchers', register('web2')));
      const token = { registration_token: 'let-me-in-please' };
      check('post', '/watchers', await ask('POST', '/v1/watchers', register('web3', token)));
      check('post', '/watchers', await ask('POST', '/v1/watchers', { body: '{}' }));

      await ban('a', '192.0.2.1');
      await ban('b', '192.0.2.0/24', { remediation: 'captcha' });
      check(
        'post',
        '/alerts',
        await as('POST', '/v1/alerts', [sentAlert('198.51.100.1'), sentAlert('198.51.100.2')]),
      );
      check('post', '/alerts', await as('POST', '/v1/alerts', [{ scenario: 7 }]));
      const list = check('get', '/alerts', await as('GET', '/v1/alerts'));
      const id = list.json()[0].id;
      check(
        'get',
        '/alerts',
        await as('GET', '/v1/alerts?has_active_decision=true&include_capi=false&limit=100'),
      );
      check('get', '/alerts', await as('GET', '/v1/alerts?scenario=none'));
      check('get', '/alerts', await as('GET', '/v1/alerts?since=yesterday'));
      check('get', '/alerts', await ask('GET', '/v1/alerts'));
      check('get', '/alerts/{alert_id}', await as('GET', `/v1/alerts/${id}`));
      check('get', '/alerts/{alert_id}', await as('GET', '/v1/alerts/999'));
      check('get', '/alerts/{alert_id}', await as('GET', '/v1/alerts/x'));
      check('head', '/alerts', await emptied(as('HEAD', '/v1/alerts')));

      check('get', '/decisions', await get('/v1/decisions?ip=192.0.2.1&contains=true'));
      check('get', '/decisions', await get('/v1/decisions?ip=203.0.113.1'));
      check('get', '/decisions', await get('/v1/decisions?ip=nonsense'));
      check('get', '/decisions/stream', await get('/v1/decisions/stream?startup=true'));
      const [first] = (await get('/v1/decisions')).json();
      check('delete', '/decisions/{decision_id}', await as('DELETE', `/v1/decisions/${first.id}`));
      check('delete', '/decisions/{decision_id}', await as('DELETE', '/v1/decisions/999'));
      check('delete', '/decisions/{decision_id}', await as('DELETE', '/v1/decisions/x'));
      pass(1000);
      const delta = check('get', '/decisions/stream', await get('/v1/decisions/stream'));
      expect(delta.json().deleted).toHaveLength(1);
      check('get', '/decisions/stream', await ask('GET', '/v1/decisions/stream'));
      check('delete', '/decisions', await as('DELETE', '/v1/decisions?ip=198.51.100.1'));

      const entries = [{ list: 'office', value: '203.0.113.0/24', comment: 'ours' }];
      await store.addToAllowlist(entries, 'the test');
      check('get', '/allowlists', await as('GET', '/v1/allowlists?with_content=true'));
      check('get', '/allowlists', await as('GET', '/v1/allowlists'));
      check('get', '/allowlists/{allowlist_name}', await as('GET', '/v1/allowlists/office'));
      check('get', '/allowlists/{allowlist_name}', await as('GET', '/v1/allowlists/none'));
      const one = '/allowlists/check/{ip_or_range}';
      check('get', one, await as('GET', '/v1/allowlists/check/203.0.113.7'));
      check('get', one, await as('GET', '/v1/allowlists/check/192.0.2.7'));
      check('get', one, await as('GET', '/v1/allowlists/check/nonsense'));
      const targets = { targets: ['203.0.113.7', '192.0.2.7'] };
      check('post', '/allowlists/check', await as('POST', '/v1/allowlists/check', targets));
      check('post', '/allowlists/check', await as('POST', '/v1/allowlists/check', { targets: ['x'] }));

      check('post', '/usage-metrics', await as('POST', '/v1/usage-metrics', {}));
      const metrics = { log_processors: [{ version: 'v1', utc_startup_timestamp: 1 }] };
      check('post', '/usage-metrics', await as('POST', '/v1/usage-metrics', metrics));
      check('delete', '/alerts/{alert_id}', await as('DELETE', `/v1/alerts/${id}`));
      check('delete', '/alerts/{alert_id}', await as('DELETE', '/v1/alerts/999'));
      check('delete', '/alerts', await as('DELETE', '/v1/alerts'));
      check('delete', '/watchers/self', await as('DELETE', '/v1/watchers/self'));
      expect(problems).toEqual([]);
      expect(seen.size).toBe(18);
    });
  },
);

/** What HTTP leaves of an answer to HEAD. */
async function emptied(asked: Promise<Asked>): Promise<Asked> {
  return { ...(await asked), text: '' };
}

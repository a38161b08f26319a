import { randomBytes } from 'node:crypto';
import type { Answer } from '@parapet/kinds';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Appeals, type Appeal } from '../../src/pages/appeals.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';

const RECORD = '3fa94c17';
const HOUR_MS = 3_600_000;
const SECRETS = [randomBytes(32)];
const FORM = { ...BROWSER, 'content-type': 'application/x-www-form-urlencoded' };

let nowMs = 0;
let isReachable = true;
let arrived: Appeal[] = [];
let appeals = makeAppeals();
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 22, 6, 59);
  isReachable = true;
  arrived = [];
  appeals = makeAppeals();
});

function makeAppeals(limits: { perClientAndHour?: number; perHour?: number } = {}): Appeals {
  const accept = (appeal: Appeal): boolean => isReachable && arrived.push(appeal) > 0;
  return new Appeals({ secrets: SECRETS, nowMs: () => nowMs, accept, ...limits });
}

async function post(
  body: string | Uint8Array,
  ip?: string,
  headers: Record<string, string> = FORM,
): Promise<Answer> {
  const request = makeRequest(headers, { method: 'POST', target: '/.parapet/appeal' });
  const action = appeals.onOwnPath(request, makeClient(ip), 'main', 'Example');
  if (action?.kind !== 'handle') throw new Error('the path is not handled');
  return action.handle(Buffer.from(body));
}

function formWith(fields: Readonly<Record<string, string>> = {}): string {
  const token = appeals.tokenOf(RECORD, 'main');
  return new URLSearchParams({
    record: RECORD,
    token,
    message: 'I only read the news.',
    ...fields,
  }).toString();
}

describe('an appeal', () => {
  it('reaches the owner with everything that was written', async () => {
    const answer = await post(formWith({ message: ' Żółć\r\nsecond line ', email: ' me@example.org ' }));
    expect(answer.status).toBe(200);
    expect(arrived).toEqual([
      {
        recordId: RECORD,
        message: 'Żółć\nsecond line',
        email: 'me@example.org',
        site: 'main',
        ip: '192.0.2.7',
        language: 'en',
        atMs: nowMs,
      },
    ]);
  });

  it('holds nothing that a terminal or a mail would take for a command', async () => {
    await post(formWith({ message: 'a\u001b[31mb\u0000c\u202ed\te' }));
    expect(arrived[0]!.message).toBe('a [31mb c d e');
    for (const email of ['a@b.example\nBcc: x@y.example', 'a@b@c', 'x', 'a b@c.d', '<a@b.c>', 'a@b.c,d@e.f'])
      expect((await post(formWith({ email }))).status).toBe(400);
    expect(arrived).toHaveLength(1);
  });

  it('may be a thousand characters long and has to say something', async () => {
    expect((await post(formWith({ message: 'é'.repeat(1000) }))).status).toBe(200);
    expect((await post(formWith({ message: 'é'.repeat(1001) }))).status).toBe(400);
    expect((await post(formWith({ message: ' \n ' }))).status).toBe(400);
    expect(arrived).toHaveLength(1);
  });

  it('needs the form of a page of ours, for this record and site, of the last day', async () => {
    const early = formWith();
    expect((await post(formWith({ token: 'x' }))).status).toBe(403);
    expect((await post(formWith({ record: '00000000' }))).status).toBe(403);
    const elsewhere = formWith({ token: appeals.tokenOf(RECORD, 'other') });
    expect((await post(elsewhere)).status).toBe(403);
    nowMs += 24 * HOUR_MS;
    expect((await post(early)).status).toBe(200);
    nowMs += HOUR_MS;
    expect((await post(early)).status).toBe(403);
    expect(arrived).toHaveLength(1);
  });

  it('is thanked for and dropped when a program filled in what people do not see', async () => {
    expect((await post(formWith({ website: 'https://spam.example' }))).status).toBe(200);
    expect(arrived).toEqual([]);
  });

  it('is refused politely when there were too many, from one client or from all', async () => {
    appeals = makeAppeals({ perClientAndHour: 2, perHour: 3 });
    const statuses = [];
    for (const ip of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3'])
      statuses.push((await post(formWith(), ip)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 429]);
    nowMs += HOUR_MS;
    expect((await post(formWith(), '192.0.2.1')).status).toBe(200);
  });

  it('is not thanked for when it could not be handed on', async () => {
    isReachable = false;
    expect((await post(formWith())).status).toBe(503);
  });

  it('is taken as a form only, and at its own path', async () => {
    expect((await post(formWith(), undefined, { ...FORM, 'content-type': 'text/plain' })).status).toBe(403);
    const get = makeRequest(BROWSER, { target: '/.parapet/appeal' });
    expect(appeals.onOwnPath(get, makeClient(), 'main', 'Example')).toBeUndefined();
  });

  it('of any bytes is answered with a page', async () => {
    const known = fc.constantFrom('record=', RECORD, '&', 'token=', 'message=', '%', '=', 'a');
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.array(fc.oneof(known, fc.string())).map((parts) => Buffer.from(parts.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        expect((await post(body)).status).toBe(403);
      }),
    );
  });
});

describe('the token of a form', () => {
  it('is the same within the hour, so that a page under attack costs no signature', () => {
    const token = appeals.tokenOf(RECORD, 'main');
    expect(appeals.tokenOf(RECORD, 'main')).toBe(token);
    expect(appeals.tokenOf('00000000', 'main')).not.toBe(token);
    nowMs += HOUR_MS;
    expect(appeals.tokenOf(RECORD, 'main')).not.toBe(token);
  });
});

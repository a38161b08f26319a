import { randomBytes } from 'node:crypto';
import type { Answer, Client, RequestView } from '@parapet/kinds';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Challenge } from '../../src/challenge/challenge.ts';
import { DEFAULT_DEMAND, type Demand } from '../../src/challenge/demand.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';
import { solve } from './solver.ts';

const SECRET = randomBytes(32);
const DEMAND: Demand = { ...DEFAULT_DEMAND, bits: 8, siteName: 'Example', recordId: '0badc0de' };
const WORK: Demand = { ...DEMAND, level: 'work' };
const CLIENT = makeClient();
const PAGE = makeRequest(BROWSER, { target: '/node/12?a=1' });
const POST = makeRequest(BROWSER, { method: 'POST', target: '/.parapet/solve' });

let nowMs = 0;
let told: [nonce: string, expiresAtMs: number][] = [];
let challenge = makeChallenge();
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 22);
  told = [];
  challenge = makeChallenge();
});

function makeChallenge(secrets: readonly Uint8Array[] = [SECRET]): Challenge {
  return new Challenge({
    secrets,
    nowMs: () => nowMs,
    random: randomBytes,
    delay: () => Promise.resolve(),
    onUsed: (nonce, expiresAtMs) => told.push([nonce, expiresAtMs]),
  });
}

function textOf(answer: Answer): string {
  return typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString();
}

function tokenFor(demand: Demand, client: Client = CLIENT, site: string = 'main'): string {
  return /data-token="([^"]+)"/.exec(textOf(challenge.answer(PAGE, client, site, demand)))![1]!;
}

interface Result {
  readonly done?: true;
  readonly next?: string;
  readonly cookie: string | undefined;
}

async function send(
  body: Uint8Array,
  from: {
    request?: RequestView;
    client?: Client;
    site?: string;
    demand?: Demand;
    challenge?: Challenge;
  } = {},
): Promise<Result> {
  const { request = POST, client = CLIENT, site = 'main', demand = DEMAND } = from;
  const action = (from.challenge ?? challenge).onOwnPath(request, client, site, demand);
  if (action?.kind !== 'handle') throw new Error('the path is not handled');
  const answer = await action.handle(body);
  const cookie = answer.headers.find(([name]) => name === 'Set-Cookie')?.[1];
  return { ...(JSON.parse(textOf(answer)) as object), cookie };
}

function shows(cookie: string | undefined): RequestView {
  return makeRequest({ ...BROWSER, cookie: (cookie ?? '').split(';')[0]! });
}

describe('the challenge', () => {
  it('gives a browser that answers a pass for twelve hours', async () => {
    const { done, cookie } = await send(solve(tokenFor(DEMAND)));
    expect(done).toBe(true);
    expect(challenge.checkPass(shows(cookie), CLIENT, 'main')).toBe('solved');
    nowMs += 12 * 3_600_000 - 1000;
    expect(challenge.checkPass(shows(cookie), CLIENT, 'main')).toBe('solved');
    nowMs += 1000;
    expect(challenge.checkPass(shows(cookie), CLIENT, 'main')).toBeUndefined();
  });

  it('asks for work when a program drives the browser, or when it lays nothing out', async () => {
    for (const changes of [{ driven: '1' }, { layout: '0.0.0.0.0.0' }, { layout: '' }]) {
      const { next, cookie } = await send(solve(tokenFor(DEMAND), changes));
      expect(cookie).toBeUndefined();
      expect(next).toMatch(/^1\.w\./);
      expect((await send(solve(next!, changes))).cookie).toBeDefined();
    }
  });

  it('asks for work at once when the ladder says so, and a check made before is not enough', async () => {
    expect(tokenFor(WORK)).toMatch(/^1\.w\./);
    const before = await send(solve(tokenFor(DEMAND)), { demand: WORK });
    expect(before.cookie).toBeUndefined();
    expect((await send(solve(tokenFor(WORK)), { demand: WORK })).cookie).toBeDefined();
  });

  it('takes a solution once', async () => {
    const solution = solve(tokenFor(WORK));
    expect((await send(solution)).cookie).toBeDefined();
    const second = await send(solution);
    expect(second.cookie).toBeUndefined();
    expect(second.next).toBeDefined();
  });

  it('takes a solution once among all workers that tell each other', async () => {
    const solution = solve(tokenFor(WORK));
    await send(solution);
    const other = makeChallenge();
    for (const [nonce, expiresAtMs] of told) other.markUsed(nonce, expiresAtMs);
    expect(told).toHaveLength(1);
    expect(other.used(told[0]![0])).toBe(true);
    expect((await send(solution, { challenge: other })).cookie).toBeUndefined();
  });

  it('takes a solution for five minutes', async () => {
    const [early, late] = [solve(tokenFor(WORK)), solve(tokenFor(WORK))];
    nowMs += 299_000;
    expect((await send(early)).cookie).toBeDefined();
    nowMs += 1000;
    expect((await send(late)).cookie).toBeUndefined();
  });

  it('takes a solution from the client it was made for only', async () => {
    const other = makeRequest(
      { ...BROWSER, 'user-agent': 'another' },
      { method: 'POST', target: POST.rawTarget },
    );
    const solution = solve(tokenFor(WORK));
    expect((await send(solution, { client: makeClient('192.0.2.8') })).cookie).toBeUndefined();
    expect((await send(solution, { request: other })).cookie).toBeUndefined();
    expect((await send(solution, { site: 'other' })).cookie).toBeUndefined();
    expect((await send(solution, { challenge: makeChallenge([randomBytes(32)]) })).cookie).toBeUndefined();
    expect((await send(solution)).cookie).toBeDefined();
  });

  it('lets a new secret take what the old one signed', async () => {
    const solution = solve(tokenFor(WORK));
    const next = makeChallenge([randomBytes(32), SECRET]);
    const { cookie } = await send(solution, { challenge: next });
    expect(next.checkPass(shows(cookie), CLIENT, 'main')).toBe('solved');
    expect(challenge.checkPass(shows(cookie), CLIENT, 'main')).toBeUndefined();
  });

  it('is not impressed by a solution that is none', async () => {
    const token = tokenFor(WORK);
    for (const answers of ['', '0.0.0.0.0.0.0.0', '1', 'x.y', '-1', '1e9', '0'.repeat(2000)])
      expect((await send(solve(token, { answers }))).cookie).toBeUndefined();
  });

  it('answers any bytes with a new question, and never throws', async () => {
    const known = fc.constantFrom('token=', '&', 'answers=', tokenFor(DEMAND), '%', '1.w.', '=');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2048 }),
      fc.array(fc.oneof(known, fc.string())).map((parts) => Buffer.from(parts.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const result = await send(body);
        expect(result.cookie).toBeUndefined();
        expect(result.next).toBeDefined();
      }),
    );
  });

  it('makes no pass out of any cookie', () => {
    const shaped = fc.stringMatching(/^1\.[sw]\.[0-9a-z]{1,8}\.[\w-]{22}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), shaped), (value) => {
        const request = makeRequest({ ...BROWSER, cookie: `parapet_pass=${value}` });
        expect(challenge.checkPass(request, CLIENT, 'main')).toBeUndefined();
      }),
    );
  });
});

describe('what a client without a pass is answered', () => {
  const answerTo = (headers: Record<string, string>, line = {}): Answer =>
    challenge.answer(makeRequest(headers, line), CLIENT, 'main', DEMAND);
  const headerOf = (answer: Answer, wanted: string): string | undefined =>
    answer.headers.find(([name]) => name === wanted)?.[1];

  it('is a page that nobody keeps, with a policy that allows nothing inline and nothing from outside', () => {
    const answer = answerTo(BROWSER);
    expect(answer).toMatchObject({ status: 403, cause: 'captcha', recordId: '0badc0de' });
    expect(headerOf(answer, 'Cache-Control')).toBe('no-store');
    expect(headerOf(answer, 'Content-Security-Policy')).toContain("default-src 'none'");
    expect(headerOf(answer, 'Content-Security-Policy')).not.toMatch(/unsafe|https?:|\*/);
    expect(textOf(answer)).not.toMatch(/<script(?! src="\/\.parapet\/)|<style|style=|\son\w+=|https?:\/\//);
    expect(textOf(answer)).toContain('0badc0de');
  });

  it('is short and says what to do for a script, an interface or a program', () => {
    const inPage = answerTo({ ...BROWSER, accept: '*/*', 'sec-fetch-dest': 'empty' });
    expect(headerOf(inPage, 'Content-Type')).toBe('application/problem+json');
    expect(JSON.parse(textOf(inPage))).toMatchObject({
      status: 403,
      challenge: '/.parapet/check',
      record: '0badc0de',
    });
    const program = answerTo({ accept: '*/*', 'user-agent': 'curl/8' });
    expect(headerOf(program, 'Content-Type')).toBe('text/plain; charset=utf-8');
    expect(textOf(program).length).toBeLessThan(400);
  });

  it('says that what was sent has not arrived', () => {
    expect(textOf(answerTo(BROWSER, { method: 'POST' }))).toContain('has not reached the site');
    expect(textOf(answerTo(BROWSER))).not.toContain('id="sent"');
  });

  it('does not offer to wait when that is switched off, but the form to the owner', () => {
    const demand = { ...DEMAND, allowsWaiting: false, appealToken: 'token' };
    const page = textOf(challenge.answer(PAGE, CLIENT, 'main', demand));
    expect(page).not.toContain('/.parapet/wait');
    expect(page).toMatch(/<noscript>[^]*action="\/\.parapet\/appeal"[^]*<\/noscript>/);
  });

  it('cannot be broken by the address or the method that was asked for', () => {
    const target = fc.string({ unit: 'binary' }).map((rest) => `/${rest}"><script>alert(1)</script>`);
    fc.assert(
      fc.property(target, fc.string(), (rawTarget, method) => {
        const page = textOf(answerTo(BROWSER, { target: rawTarget, method: `${method}"<b>` }));
        expect(page).not.toContain('alert(1)</script>');
        expect(page).not.toContain('<b>');
      }),
    );
  });

  it('stands on an address of its own too, and leads on to this site only', () => {
    const pageOf = (target: string): string => {
      const action = challenge.onOwnPath(makeRequest(BROWSER, { target }), CLIENT, 'main', DEMAND);
      if (action?.kind !== 'reply') throw new Error('no page');
      return textOf(action.answer);
    };
    expect(pageOf('/.parapet/check?to=%2Fnode%2F1%3Fa%3D1%26b')).toContain('data-to="/node/1?a=1&amp;b"');
    expect(pageOf('/.parapet/check?to=https%3A%2F%2Fevil.example')).toContain('data-to="/"');
    expect(pageOf('/.parapet/check')).toContain('data-to="/"');
    expect(
      challenge.onOwnPath(makeRequest(BROWSER, { target: '/.parapet/checkers' }), CLIENT, 'main', DEMAND),
    ).toBeUndefined();
  });
});

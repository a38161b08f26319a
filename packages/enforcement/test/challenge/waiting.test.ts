import { randomBytes } from 'node:crypto';
import type { Action, Answer, Client } from '@parapet/kinds';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Challenge } from '../../src/challenge/challenge.ts';
import { DEFAULT_DEMAND, type Demand } from '../../src/challenge/demand.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';

const SECRET = randomBytes(32);
const DEMAND: Demand = { ...DEFAULT_DEMAND, siteName: 'Example' };
const BEGIN = '/.parapet/wait?to=%2Fnode%2F12%3Fa%3D1';

let nowMs = 0;
let challenge = makeChallenge();
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 22, 6);
  challenge = makeChallenge();
});

/** Time passes only when somebody waits. */
function makeChallenge(onUsed?: (nonce: string, expiresAtMs: number) => void): Challenge {
  return new Challenge({
    secrets: [SECRET],
    nowMs: () => nowMs,
    random: randomBytes,
    delay: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
    ...(onUsed === undefined ? {} : { onUsed }),
  });
}

/** Which images are loaded, of all that the sheet names and the one whose rule wins. */
type Loads = (images: readonly string[], right: string) => readonly string[];

/** A browser as far as waiting needs one: it keeps a cookie, and loads what it is told to. */
class Visitor {
  cookie = '';
  readonly client: Client;
  demand: Demand = DEMAND;
  readonly #loads: Loads;

  constructor(loads: Loads = (_, right) => [right], client: Client = makeClient()) {
    this.#loads = loads;
    this.client = client;
  }

  async get(target: string): Promise<Answer> {
    const headers = { ...BROWSER, ...(this.cookie === '' ? {} : { cookie: this.cookie }) };
    const action = challenge.onOwnPath(makeRequest(headers, { target }), this.client, 'main', this.demand);
    const answer = await settle(action);
    const cookie = headerOf(answer, 'Set-Cookie');
    if (cookie !== undefined) this.cookie = cookie.slice(0, cookie.indexOf(';'));
    const location = headerOf(answer, 'Location');
    return location?.startsWith('/.parapet/') === true ? this.get(location) : answer;
  }

  /** Loads what the page names. */
  async load(page: Answer): Promise<void> {
    const text = textOf(page);
    const sheet = /href="(\/\.parapet\/wait\/[^"]+\.css)"/.exec(text)![1]!;
    const rules = textOf(await this.get(sheet));
    const worn = /<span class="([\w-]+)">/.exec(text)![1]!;
    const right = new RegExp(`^\\.marks \\.${worn}\\{background-image:url\\(([^)]+)\\)`, 'm').exec(
      rules,
    )![1]!;
    const images = [...rules.matchAll(/url\(([^)]+)\)/g)].map((match) => match[1]!);
    for (const image of this.#loads(images, right)) await this.get(image);
  }

  async goOn(page: Answer): Promise<Answer> {
    await this.load(page);
    return this.get(refreshOf(page));
  }

  async wait(): Promise<Answer> {
    return this.goOn(await this.goOn(await this.get(BEGIN)));
  }
}

async function settle(action: Action | undefined): Promise<Answer> {
  if (action?.kind === 'reply') return action.answer;
  if (action?.kind === 'wait') return settle(await action.action);
  throw new Error('no answer');
}

function textOf(answer: Answer): string {
  return typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString('latin1');
}

function headerOf(answer: Answer, wanted: string): string | undefined {
  return answer.headers.find(([name]) => name === wanted)?.[1];
}

function refreshOf(page: Answer): string {
  const match = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(textOf(page));
  return match![1]!.replaceAll('&amp;', '&');
}

describe('waiting instead of the check', () => {
  it('takes ten seconds and leads to the wanted page with a pass of its own kind', async () => {
    const visitor = new Visitor();
    const startedAtMs = nowMs;
    const answer = await visitor.wait();
    expect(nowMs - startedAtMs).toBe(10_000);
    expect(answer.status).toBe(303);
    expect(headerOf(answer, 'Location')).toBe('/node/12?a=1');
    const shown = (): unknown =>
      challenge.checkPass(makeRequest({ ...BROWSER, cookie: visitor.cookie }), visitor.client, 'main');
    expect(shown()).toBe('waited');
    nowMs += 30 * 60_000;
    expect(shown()).toBeUndefined();
  });

  it('ends with a page when something had been sent, which has to be sent again', async () => {
    const visitor = new Visitor();
    const first = await visitor.goOn(await visitor.get(`${BEGIN}&sent=1`));
    expect(textOf(first)).toContain('has not reached the site');
    const last = await visitor.goOn(first);
    expect(last.status).toBe(200);
    expect(textOf(last)).toContain('go back to the form');
    expect(visitor.cookie).toContain('parapet_pass=');
  });

  it.each([
    ['loads no image', (): readonly string[] => []],
    ['loads every image it finds', (images: readonly string[]) => images],
    ['loads the first', (images: readonly string[]) => images.slice(0, 1)],
    ['loads the last rule for the class', (images: readonly string[]) => images.slice(-1)],
  ])('leads nowhere for a program that %s', async (_, loads) => {
    const visitor = new Visitor(loads);
    let page = await visitor.get(BEGIN);
    while (page.status === 200) page = await visitor.goOn(page);
    expect(page.status).toBe(403);
    expect(textOf(page)).toContain('style sheets');
    expect(visitor.cookie).not.toContain('parapet_pass');
  });

  it('shows a step again to a browser that was too early with its refresh', async () => {
    let loaded = 0;
    const visitor = new Visitor((_, right) => (loaded++ === 0 ? [] : [right]));
    const first = await visitor.get(BEGIN);
    const again = await visitor.goOn(first);
    expect(textOf(again)).toContain('step 1 of 2');
    const last = await visitor.goOn(await visitor.goOn(again));
    expect(last.status).toBe(303);
  });

  it('needs the cookie back, from the same client', async () => {
    const visitor = new Visitor();
    const page = await visitor.get(BEGIN);
    const stranger = new Visitor(undefined, makeClient('192.0.2.99'));
    expect((await stranger.get(refreshOf(page))).status).toBe(403);
    await visitor.goOn(page);
    stranger.cookie = visitor.cookie;
    expect((await stranger.get(refreshOf(page))).status).toBe(403);
  });

  it('goes through each step once, and not with one that is two minutes old', async () => {
    const visitor = new Visitor();
    const page = await visitor.get(BEGIN);
    expect((await visitor.goOn(page)).status).toBe(200);
    expect(textOf(await visitor.get(refreshOf(page)))).toContain('used before');
    const late = await visitor.get(BEGIN);
    nowMs += 120_000;
    expect(textOf(await visitor.get(refreshOf(late)))).toContain('too old');
  });

  it('takes the cookie of an image that comes while the next address is held', async () => {
    const visitor = new Visitor();
    const page = await visitor.get(BEGIN);
    const next = visitor.get(refreshOf(page));
    await visitor.load(page);
    expect(textOf(await next)).toContain('step 2 of 2');
  });

  it('is had six times an hour by one client, however many workers there are', async () => {
    const told: [string, number][] = [];
    challenge = makeChallenge((nonce, expiresAtMs) => told.push([nonce, expiresAtMs]));
    for (let i = 0; i < 6; i++) expect((await new Visitor().wait()).status).toBe(303);
    const refused = await new Visitor().get(BEGIN);
    expect(refused.status).toBe(429);
    expect(headerOf(refused, 'Retry-After')).toBe('600');
    const other = makeChallenge();
    for (const [nonce, expiresAtMs] of told) other.markUsed(nonce, expiresAtMs);
    challenge = other;
    expect((await new Visitor().get(BEGIN)).status).toBe(429);
    expect((await new Visitor(undefined, makeClient('192.0.2.8')).get(BEGIN)).status).toBe(200);
    nowMs += 3_600_000;
    expect((await new Visitor().get(BEGIN)).status).toBe(200);
  });

  it('can be switched off, also for who is waiting, and then shows the form to the owner', async () => {
    const visitor = new Visitor();
    const page = await visitor.get(BEGIN);
    visitor.demand = { ...DEMAND, allowsWaiting: false, recordId: '0badc0de', appealToken: 'token' };
    for (const answer of [await visitor.goOn(page), await visitor.get(BEGIN)]) {
      expect(answer.status).toBe(403);
      expect(textOf(answer)).toContain('under attack');
      expect(textOf(answer)).toContain('action="/.parapet/appeal"');
    }
  });

  it('holds few connections of one client at a time', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    challenge = new Challenge({
      secrets: [SECRET],
      nowMs: () => nowMs,
      random: randomBytes,
      delay: async (ms) => {
        await held;
        nowMs += ms;
      },
    });
    const visitors = Array.from({ length: 8 }, () => new Visitor());
    const answers = await Promise.all(
      visitors.map(async (visitor) => {
        const page = await visitor.get(BEGIN);
        return Promise.race([visitor.goOn(page).then((answer) => answer.status), later()]);
      }),
    );
    expect(answers.filter((one) => one === 'held')).toHaveLength(6);
    expect(answers.filter((one) => one === 429)).toHaveLength(2);
    release();
  });

  it('answers any address below its own without a throw, and with no pass', async () => {
    const part = fc.oneof(fc.constantFrom('/', '.css', '.1.gif', '?', 'to=', '%', '1.s.'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const request = makeRequest(BROWSER, { target: `/.parapet/wait${parts.join('')}` });
        const action = challenge.onOwnPath(request, makeClient(), 'main', DEMAND);
        if (action === undefined) return;
        expect(headerOf(await settle(action), 'Set-Cookie') ?? '').not.toContain('parapet_pass');
      }),
    );
  });
});

/** After everything that was ready has run. */
function later(): Promise<'held'> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('held'))));
}

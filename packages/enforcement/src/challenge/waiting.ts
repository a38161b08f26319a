// The way for people whose browser runs no scripts: two short waits, each of which shows something that browsers
// do and simple programs do not. A step's page names a style sheet; the sheet holds several images, of which a
// browser loads the one whose rule wins for an element of the page; that image sets a cookie; and only with the
// cookie of the right image, and not before its time, does the next address lead on. Who comes too early is held
// back and then told to come again, so that the page itself can refresh at once and nobody is hurried.
//
// Nothing is remembered but used nonces and how many are held. A program can learn all this; that is why passes for
// waiting are few an hour, short, and to be throttled. docs/challenge.md says what this stops and what not.

import type { Action, Answer, Client, RequestView } from '@parapet/kinds';
import { readerOf, type Reader } from '../pages/reader.ts';
import { bindingOf, clientKeyOf } from './binding.ts';
import { WAIT_PATH } from './check-page.ts';
import { cookiesNamed, setCookie } from './cookies.ts';
import { WAIT_STEPS, type ChallengeSettings, type Demand } from './demand.ts';
import type { Signer } from './keys.ts';
import type { Token, TokenMint } from './token.ts';
import { styleOf, waitFailure, waitOver, waitRedirect, waitStep, type Mark } from './waiting-pages.ts';
import { wantedPath } from './wanted.ts';

export interface WaitingDoor {
  readonly mint: TokenMint;
  readonly signer: Signer;
  readonly settings: ChallengeSettings;
  nowMs(): number;
  delay(ms: number): Promise<void>;
  used(nonce: string): boolean;
  markUsed(nonce: string, expiresAtMs: number): void;
  /** Returns the Set-Cookie value of a pass for having waited. */
  issue(request: RequestView, client: Client, site: string): string;
}

interface Visit {
  readonly request: RequestView;
  readonly client: Client;
  readonly binding: string;
  readonly site: string;
  readonly reader: Reader;
  readonly demand: Demand;
  readonly to: string;
  readonly hasSent: boolean;
}

const SEEN_COOKIE = 'parapet_wait';
// Of so many images one is right, and it is neither the first nor the last.
const IMAGES = 6;
const MOST_TRIES = 3;
// A token's number is the step, and eight times how often it was tried.
const TRIES_UNIT = 8;
const STEP_LIFE_MS = 120_000;
const HOUR_MS = 3_600_000;
// Connections held at a time; each costs some kilobytes for a few seconds.
const MOST_HELD = 500;
const MOST_HELD_A_CLIENT = 6;
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export class WaitingRoom {
  readonly #door: WaitingDoor;
  readonly #heldBy = new Map<string, number>();
  #held = 0;

  constructor(door: WaitingDoor) {
    this.#door = door;
  }

  /** Returns what to do with a request below the waiting path; undefined for any other. */
  onOwnPath(request: RequestView, client: Client, site: string, demand: Demand): Action | undefined {
    const { rawTarget } = request;
    if (!rawTarget.startsWith(WAIT_PATH) || (request.method !== 'GET' && request.method !== 'HEAD'))
      return undefined;
    const question = rawTarget.indexOf('?');
    const path = rawTarget.slice(WAIT_PATH.length, question < 0 ? undefined : question);
    const query = new URLSearchParams(question < 0 ? '' : rawTarget.slice(question + 1, question + 7000));
    const visit: Visit = {
      request,
      client,
      site,
      demand,
      binding: bindingOf(request, client, site),
      reader: { ...readerOf(request), format: 'html' },
      to: wantedPath(query.get('to') ?? '/'),
      hasSent: query.has('sent'),
    };
    if (path === '' || path === '/') return reply(this.#begin(visit));
    const match = /^\/([\w.-]{1,80}?)(?:\.(css)|\.(\d)\.gif)?$/.exec(path);
    if (match === null) return undefined;
    return this.#follow(visit, match[1]!, match[2] !== undefined, match[3]);
  }

  #follow(visit: Visit, rawToken: string, isStyle: boolean, image: string | undefined): Action {
    const token = this.#door.mint.read(rawToken, visit.binding);
    const isCurrent =
      token?.kind === 's' &&
      token.issuedAtMs + STEP_LIFE_MS > this.#door.nowMs() &&
      !this.#door.used(token.nonce);
    if (!isCurrent) return reply(waitFailure(visit, 'late', 403));
    if (isStyle) return reply(styleOf(this.#marks(token.nonce), rawToken));
    if (image !== undefined) return reply(this.#see(visit, token, image));
    return this.#pass(visit, token, rawToken);
  }

  #begin(visit: Visit): Answer {
    if (!visit.demand.allowsWaiting) return waitFailure(visit, 'off', 403);
    if (this.#freeSlot(visit) === undefined) return waitFailure(visit, 'full', 429);
    return this.#step(visit, 1, 1);
  }

  #step(visit: Visit, step: number, tries: number): Answer {
    const rawToken = this.#door.mint.make('s', tries * TRIES_UNIT + step, visit.binding);
    const marks = this.#marks(rawToken.split('.')[4]!);
    return waitStep(visit, rawToken, marks, step, this.#door.settings.waitMs / WAIT_STEPS);
  }

  /** The image that was loaded last counts: who loads all of them has loaded a wrong one last. */
  #see(visit: Visit, token: Token, image: string): Answer {
    const text = `${token.nonce}.${image}`;
    const value = `${text}.${this.#door.signer.sign(`seen\n${text}\n${visit.binding}`)}`;
    return {
      status: 200,
      headers: [
        ['Content-Type', 'image/gif'],
        ['Cache-Control', 'no-store'],
        ['Set-Cookie', setCookie(visit.client, SEEN_COOKIE, value, STEP_LIFE_MS / 1000, WAIT_PATH)],
      ],
      body: GIF,
      cause: 'own-page',
    };
  }

  #hasSeen(visit: Visit, token: Token): boolean {
    const text = `${token.nonce}.${this.#rightImage(token.nonce)}`;
    return cookiesNamed(visit.request, SEEN_COOKIE).some(
      (rawValue) =>
        rawValue.startsWith(`${text}.`) &&
        this.#door.signer.isSigned(`seen\n${text}\n${visit.binding}`, rawValue.slice(text.length + 1)),
    );
  }

  #pass(visit: Visit, token: Token, rawToken: string): Action {
    if (!visit.demand.allowsWaiting) return reply(waitFailure(visit, 'off', 403));
    const notBeforeMs = token.issuedAtMs + this.#door.settings.waitMs / WAIT_STEPS;
    if (this.#door.nowMs() < notBeforeMs) return this.#hold(visit, rawToken, notBeforeMs);
    if (!this.#hasSeen(visit, token)) return reply(this.#unseen(visit, token));
    this.#door.markUsed(token.nonce, token.issuedAtMs + STEP_LIFE_MS);
    const step = stepOf(token);
    return reply(step < WAIT_STEPS ? this.#step(visit, step + 1, 1) : this.#letIn(visit));
  }

  /** A browser may have gone on before the image was there: the step is shown again, but not for ever. */
  #unseen(visit: Visit, token: Token): Answer {
    const tries = triesOf(token);
    return tries < MOST_TRIES
      ? this.#step(visit, stepOf(token), tries + 1)
      : waitFailure(visit, 'noStyles', 403);
  }

  #hold(visit: Visit, rawToken: string, notBeforeMs: number): Action {
    const clientKey = clientKeyOf(visit.client);
    const heldHere = this.#heldBy.get(clientKey) ?? 0;
    if (this.#held >= MOST_HELD || heldHere >= MOST_HELD_A_CLIENT)
      return reply(waitFailure(visit, 'full', 429));
    this.#held++;
    this.#heldBy.set(clientKey, heldHere + 1);
    return { kind: 'wait', action: this.#comeAgain(visit, rawToken, clientKey, notBeforeMs) };
  }

  /** The same address again: browsers refresh before they have loaded the image, and now they have its cookie. */
  async #comeAgain(visit: Visit, rawToken: string, clientKey: string, notBeforeMs: number): Promise<Action> {
    try {
      // Timers may fire a little early; the time that the token names is what counts.
      for (let now = this.#door.nowMs(); now < notBeforeMs; now = this.#door.nowMs())
        await this.#door.delay(notBeforeMs - now);
    } finally {
      this.#held--;
      const left = (this.#heldBy.get(clientKey) ?? 1) - 1;
      if (left === 0) this.#heldBy.delete(clientKey);
      else this.#heldBy.set(clientKey, left);
    }
    return reply(waitRedirect(visit, rawToken));
  }

  #letIn(visit: Visit): Answer {
    const slot = this.#freeSlot(visit);
    if (slot === undefined) return waitFailure(visit, 'full', 429);
    this.#door.markUsed(slot, this.#door.nowMs() + HOUR_MS);
    return waitOver(visit, this.#door.issue(visit.request, visit.client, visit.site));
  }

  /** Passes are numbered for each client and hour and used up like nonces, so that all workers know of them. */
  #freeSlot(visit: Visit): string | undefined {
    const hour = Math.floor(this.#door.nowMs() / HOUR_MS);
    for (let i = 0; i < this.#door.settings.waitsPerHour; i++) {
      const slot = `wait:${visit.site}:${clientKeyOf(visit.client)}:${hour}:${i}`;
      if (!this.#door.used(slot)) return slot;
    }
    return undefined;
  }

  #rightImage(nonce: string): number {
    const sign = this.#door.signer.sign(`image\n${nonce}`);
    return 1 + (sign.charCodeAt(0) % (IMAGES - 2));
  }

  /** Names of the images' rules, and which of them the page wears. */
  #marks(nonce: string): readonly Mark[] {
    const right = this.#rightImage(nonce);
    return Array.from({ length: IMAGES }, (_, i) => ({
      name: `m${this.#door.signer.sign(`mark\n${nonce}\n${i}`).slice(0, 6)}`,
      isWorn: i === right,
    }));
  }
}

function reply(answer: Answer): Action {
  return { kind: 'reply', answer };
}

function stepOf(token: Token): number {
  return token.number % TRIES_UNIT;
}

function triesOf(token: Token): number {
  return Math.floor(token.number / TRIES_UNIT);
}

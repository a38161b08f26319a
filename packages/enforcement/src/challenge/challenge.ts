// The challenge: a client that has no pass is asked to show that it is a browser. How it works, and what it stops
// and what not: docs/challenge.md.

import type { Action, Answer, Client, RequestView } from '@parapet/kinds';
import { OWN_PREFIX } from '../pages/assets/assets.ts';
import { headersOf } from '../pages/frame.ts';
import { readerOf, type Reader } from '../pages/reader.ts';
import { bindingOf } from './binding.ts';
import { CHECK_PATH, checkAnswer, isRead, layoutText } from './check-page.ts';
import { CHALLENGE_SETTINGS, type ChallengeLevel, type ChallengeSettings, type Demand } from './demand.ts';
import { Signer } from './keys.ts';
import { PassOffice, type PassKind } from './pass.ts';
import { bitsOfPart, CHECK_BITS, isSolved, layoutAnswer, layoutOf, WORK_PARTS } from './puzzle.ts';
import { TokenMint } from './token.ts';
import { UsedNonces } from './used-nonces.ts';
import { WaitingRoom } from './waiting.ts';
import { wantedPath } from './wanted.ts';

export interface ChallengeOptions {
  /** Site secrets of 32 bytes: the current one first, then those whose tokens and passes are still taken. */
  readonly secrets: readonly Uint8Array[];
  readonly nowMs: () => number;
  readonly random: (sizeBytes: number) => Uint8Array;
  /** Resolves after so long; only waiting uses it. */
  readonly delay: (ms: number) => Promise<void>;
  /** Told of each solution that was used here, so that other workers refuse it too (`markUsed`). */
  readonly onUsed?: (nonce: string, expiresAtMs: number) => void;
  readonly settings?: Partial<ChallengeSettings>;
}

interface Visit {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly demand: Demand;
}

const SOLVE_PATH = `${OWN_PREFIX}solve`;
const MOST_BODY_BYTES = 2048;
// About 10 MB when full.
const MOST_NONCES = 100_000;

export class Challenge {
  readonly #options: ChallengeOptions;
  readonly #settings: ChallengeSettings;
  readonly #mint: TokenMint;
  readonly #passes: PassOffice;
  readonly #nonces = new UsedNonces(MOST_NONCES);
  readonly #waiting: WaitingRoom;

  constructor(options: ChallengeOptions) {
    this.#options = options;
    this.#settings = { ...CHALLENGE_SETTINGS, ...options.settings };
    this.#mint = new TokenMint(options);
    this.#passes = new PassOffice(options.secrets);
    this.#waiting = new WaitingRoom({
      mint: this.#mint,
      signer: new Signer(options.secrets, 'challenge'),
      settings: this.#settings,
      nowMs: options.nowMs,
      delay: options.delay,
      used: (nonce) => this.used(nonce),
      markUsed: (nonce, expiresAtMs) => this.#use(nonce, expiresAtMs),
      issue: (request, client, site) =>
        this.#passes.issue('waited', this.#settings.waitedPassMs, options.nowMs(), request, client, site),
    });
  }

  /** Returns the kind of pass that this client has; undefined when it has none that is valid here and now. */
  checkPass(request: RequestView, client: Client, site: string): PassKind | undefined {
    return this.#passes.check(request, client, site, this.#options.nowMs());
  }

  /** Returns the answer for a client without a pass: the page, or a few words to a program. */
  answer(request: RequestView, client: Client, site: string, demand: Demand): Answer {
    const visit = { request, client, site, demand };
    return this.#page(visit, readerOf(request), request.method, wantedPath(request.rawTarget), undefined);
  }

  /** Returns what to do with a request for one of the challenge's own paths; undefined for any other path. */
  onOwnPath(request: RequestView, client: Client, site: string, demand: Demand): Action | undefined {
    const visit = { request, client, site, demand };
    if (request.rawTarget === SOLVE_PATH && request.method === 'POST') {
      const handle = (body: Uint8Array): Promise<Answer> => Promise.resolve(this.#solve(body, visit));
      return { kind: 'handle', maxBodyBytes: MOST_BODY_BYTES, handle };
    }
    if (request.rawTarget.startsWith(CHECK_PATH) && isRead(request.method)) return this.#standalone(visit);
    return this.#waiting.onOwnPath(request, client, site, demand);
  }

  /** Whether the solution was used, here or, as far as we were told, by another worker. */
  used(nonce: string): boolean {
    return this.#nonces.used(nonce, this.#options.nowMs());
  }

  /** What another worker tells of a solution used there. */
  markUsed(nonce: string, expiresAtMs: number): void {
    this.#nonces.markUsed(nonce, expiresAtMs, this.#options.nowMs());
  }

  /** The check on an address of its own, for a page that met the challenge in a script: `?to=` says where to go on. */
  #standalone(visit: Visit): Action | undefined {
    const query = /^\?(.*)$/.exec(visit.request.rawTarget.slice(CHECK_PATH.length) || '?');
    if (query === null) return undefined;
    const to = wantedPath(new URLSearchParams(query[1]).get('to') ?? '/');
    const reader: Reader = { ...readerOf(visit.request), format: 'html' };
    return { kind: 'reply', answer: this.#page(visit, reader, 'GET', to, to) };
  }

  #page(visit: Visit, reader: Reader, method: string, wanted: string, to: string | undefined): Answer {
    const token = reader.format === 'html' ? this.#newToken(visit, visit.demand.level) : '';
    const nonce = token.split('.')[4] ?? '';
    return checkAnswer({ reader, token, nonce, method, to, wanted, demand: visit.demand });
  }

  #newToken({ request, client, site, demand }: Visit, level: ChallengeLevel): string {
    const isCheck = level === 'check';
    const bits = isCheck ? CHECK_BITS : bitsOfPart(demand.bits);
    return this.#mint.make(isCheck ? 'c' : 'w', bits, bindingOf(request, client, site));
  }

  #solve(body: Uint8Array, visit: Visit): Answer {
    const { request, client, site, demand } = visit;
    const fields = new URLSearchParams(Buffer.from(body).toString('latin1'));
    const nowMs = this.#options.nowMs();
    const token = this.#mint.read(fields.get('token') ?? '', bindingOf(request, client, site));
    if (token === undefined || token.kind === 's') return this.#again(visit, demand.level);
    const expiresAtMs = token.issuedAtMs + this.#settings.solveWithinMs;
    const answers = numbersOf(fields.get('answers') ?? '');
    const parts = token.kind === 'c' ? 1 : WORK_PARTS;
    if (
      expiresAtMs <= nowMs ||
      this.used(token.nonce) ||
      !isSolved(token.nonce, parts, token.number, answers)
    )
      return this.#again(visit, demand.level);
    this.#use(token.nonce, expiresAtMs);
    if (token.kind === 'c') {
      const layout = numbersOf(fields.get('layout') ?? '').join();
      const isBrowser = layout === layoutAnswer(layoutOf(token.nonce)).join() && fields.get('driven') === '0';
      if (!isBrowser || demand.level === 'work') return this.#again(visit, 'work');
    }
    return solution(
      { done: true },
      this.#passes.issue('solved', this.#settings.passMs, nowMs, request, client, site),
    );
  }

  #again(visit: Visit, level: ChallengeLevel): Answer {
    const next = this.#newToken(visit, level);
    return solution({ next, layout: layoutText(layoutOf(next.split('.')[4]!)) });
  }

  #use(nonce: string, expiresAtMs: number): void {
    this.markUsed(nonce, expiresAtMs);
    this.#options.onUsed?.(nonce, expiresAtMs);
  }
}

/** Returns the numbers of `1.2.3`; NaN for what is none. */
function numbersOf(rawList: string): readonly number[] {
  return rawList
    .split('.', WORK_PARTS + 1)
    .map((rawNumber) => (/^\d{1,15}$/.test(rawNumber) ? Number(rawNumber) : Number.NaN));
}

function solution(result: Readonly<Record<string, unknown>>, cookie?: string): Answer {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ...headersOf('json', 'en').slice(2),
      ...(cookie === undefined ? [] : ([['Set-Cookie', cookie]] as const)),
    ],
    body: JSON.stringify(result),
    cause: 'own-page',
  };
}

// The challenge: a client that has no pass is asked to show that it is a browser. How it works, and what it stops
// and what not: docs/challenge.md.

import type { Action, Answer, Client, RequestView } from '@parapet/kinds';
import { OWN_PREFIX } from '../pages/assets/assets.ts';
import { headersOf } from '../pages/frame.ts';
import { readerOf } from '../pages/reader.ts';
import { bindingOf } from './binding.ts';
import { challengeAnswer } from './check-page.ts';
import { CHALLENGE_SETTINGS, type ChallengeSettings, type Demand } from './demand.ts';
import { PassOffice, type PassKind } from './pass.ts';
import { bitsOfPart, CHECK_BITS, isSolved, layoutAnswer, layoutOf, WORK_PARTS } from './puzzle.ts';
import { TokenMint } from './token.ts';
import { UsedNonces } from './used-nonces.ts';

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

  constructor(options: ChallengeOptions) {
    this.#options = options;
    this.#settings = { ...CHALLENGE_SETTINGS, ...options.settings };
    this.#mint = new TokenMint(options);
    this.#passes = new PassOffice(options.secrets);
  }

  /** Returns the kind of pass that this client has; undefined when it has none that is valid here and now. */
  checkPass(request: RequestView, client: Client, site: string): PassKind | undefined {
    return this.#passes.check(request, client, site, this.#options.nowMs());
  }

  /** Returns the answer for a client without a pass: the page, or a few words to a program. */
  answer(request: RequestView, client: Client, site: string, demand: Demand): Answer {
    const reader = readerOf(request);
    const token = reader.format === 'html' ? this.#newToken(request, client, site, demand) : '';
    return challengeAnswer(reader, request, token, demand);
  }

  /** Returns what to do with a request for one of the challenge's own paths; undefined for any other path. */
  onOwnPath(request: RequestView, client: Client, site: string, demand: Demand): Action | undefined {
    if (request.rawTarget === SOLVE_PATH && request.method === 'POST') {
      const handle = (body: Uint8Array): Promise<Answer> =>
        Promise.resolve(this.#solve(body, request, client, site, demand));
      return { kind: 'handle', maxBodyBytes: MOST_BODY_BYTES, handle };
    }
    return undefined;
  }

  /** Whether the solution was used, here or, as far as we were told, by another worker. */
  used(nonce: string): boolean {
    return this.#nonces.used(nonce, this.#options.nowMs());
  }

  /** What another worker tells of a solution used there. */
  markUsed(nonce: string, expiresAtMs: number): void {
    this.#nonces.markUsed(nonce, expiresAtMs, this.#options.nowMs());
  }

  #newToken(request: RequestView, client: Client, site: string, demand: Demand): string {
    const kind = demand.level === 'check' ? 'c' : 'w';
    const bits = kind === 'c' ? CHECK_BITS : bitsOfPart(demand.bits);
    return this.#mint.make(kind, bits, bindingOf(request, client, site));
  }

  #solve(body: Uint8Array, request: RequestView, client: Client, site: string, demand: Demand): Answer {
    const fields = new URLSearchParams(Buffer.from(body).toString('latin1'));
    const binding = bindingOf(request, client, site);
    const nowMs = this.#options.nowMs();
    const token = this.#mint.read(fields.get('token') ?? '', binding);
    const again = (level: Demand['level']): Answer =>
      solution({ next: this.#newToken(request, client, site, { ...demand, level }) });
    if (token === undefined || token.kind === 's') return again(demand.level);
    const expiresAtMs = token.issuedAtMs + this.#settings.solveWithinMs;
    if (expiresAtMs <= nowMs || this.used(token.nonce)) return again(demand.level);
    const parts = token.kind === 'c' ? 1 : WORK_PARTS;
    const answers = numbersOf(fields.get('answers') ?? '');
    if (!isSolved(token.nonce, parts, token.number, answers)) return again(demand.level);
    this.markUsed(token.nonce, expiresAtMs);
    this.#options.onUsed?.(token.nonce, expiresAtMs);
    if (token.kind === 'c') {
      const layout = numbersOf(fields.get('layout') ?? '').join();
      const isBrowser = layout === layoutAnswer(layoutOf(token.nonce)).join() && fields.get('driven') === '0';
      if (!isBrowser || demand.level === 'work') return again('work');
    }
    const cookie = this.#passes.issue('solved', this.#settings.passMs, nowMs, request, client, site);
    return solution({ done: true }, cookie);
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

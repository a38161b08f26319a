// What people who were stopped write to the owner: checked, limited, and handed on.

import type { Action, Answer, Client, Ip, RequestView } from '@parapet/kinds';
import { clientKeyOf } from '../challenge/binding.ts';
import { Signer } from '../challenge/keys.ts';
import { APPEAL_PATH, FIELDS, MOST_MESSAGE_CHARACTERS } from './appeal-form.ts';
import { framePage, headersOf } from './frame.ts';
import { html } from './html.ts';
import { languageOf, type Language } from './reader.ts';
import { wordsOf } from './words/index.ts';

export interface Appeal {
  readonly recordId: string;
  readonly message: string;
  /** Empty when none was given; checked for its form only. */
  readonly email: string;
  readonly site: string;
  readonly ip: Ip;
  readonly language: Language;
  readonly atMs: number;
}

export interface AppealsOptions {
  readonly secrets: readonly Uint8Array[];
  readonly nowMs: () => number;
  /** Hands the appeal on; false when that is not possible just now. */
  readonly accept: (appeal: Appeal) => boolean;
  readonly perClientAndHour?: number;
  readonly perHour?: number;
}

type Outcome = 'thanks' | 'tooMany' | 'tooOld' | 'empty' | 'badEmail' | 'lost';

const STATUS: Readonly<Record<Outcome, number>> = {
  thanks: 200,
  tooMany: 429,
  tooOld: 403,
  empty: 400,
  badEmail: 400,
  lost: 503,
};
const HOUR_MS = 3_600_000;
// A page may stay open for a day before the form is sent.
const TOKEN_LIFE_HOURS = 24;
// 1000 characters of four bytes, each written %XX, and the other fields.
const MOST_BODY_BYTES = 16_384;
const MOST_REMEMBERED = 4096;
// One address and nothing that could become a second header or recipient.
const EMAIL = /^[^\s@<>,;"()[\]\\\p{C}]{1,64}@[^\s@<>,;"()[\]\\\p{C}]{1,189}$/u;

export class Appeals {
  readonly #signer: Signer;
  readonly #options: AppealsOptions;
  #hour = 0;
  readonly #tokens = new Map<string, Map<string, string>>();
  readonly #sentBy = new Map<string, number>();
  #sent = 0;

  constructor(options: AppealsOptions) {
    this.#signer = new Signer(options.secrets, 'appeal');
    this.#options = options;
  }

  /** Returns the token for the form on a page about this record. */
  tokenOf(recordId: string, site: string): string {
    const hour = this.#turnHour();
    let tokens = this.#tokens.get(site);
    if (tokens === undefined || tokens.size >= MOST_REMEMBERED) {
      tokens = new Map();
      this.#tokens.set(site, tokens);
    }
    let token = tokens.get(recordId);
    if (token === undefined) {
      const text = hour.toString(36);
      token = `${text}.${this.#signer.sign(`${text}\n${recordId}\n${site}`)}`;
      tokens.set(recordId, token);
    }
    return token;
  }

  /** Returns what to do with a request for the appeal's path; undefined for any other path. */
  onOwnPath(request: RequestView, client: Client, site: string, siteName: string): Action | undefined {
    if (request.rawTarget !== APPEAL_PATH || request.method !== 'POST') return undefined;
    const language = languageOf(request.header('accept-language'));
    const type = request.header('content-type') ?? '';
    const handle = (body: Uint8Array): Promise<Answer> => {
      const isForm = type.startsWith('application/x-www-form-urlencoded');
      const fields = new URLSearchParams(isForm ? Buffer.from(body).toString('utf8') : '');
      return Promise.resolve(answerTo(this.#receive(fields, client, site, language), language, siteName));
    };
    return { kind: 'handle', maxBodyBytes: MOST_BODY_BYTES, handle };
  }

  #receive(fields: URLSearchParams, client: Client, site: string, language: Language): Outcome {
    const recordId = fields.get(FIELDS.record) ?? '';
    if (!this.#isCurrent(fields.get(FIELDS.token) ?? '', recordId, site)) return 'tooOld';
    // Only programs fill in a field that cannot be seen; they are not told.
    if ((fields.get(FIELDS.trap) ?? '') !== '') return 'thanks';
    const message = cleanText(fields.get(FIELDS.message) ?? '');
    if (message === '' || message.length > MOST_MESSAGE_CHARACTERS) return 'empty';
    const email = (fields.get(FIELDS.email) ?? '').trim();
    if (email !== '' && !EMAIL.test(email)) return 'badEmail';
    if (!this.#mayCount(clientKeyOf(client))) return 'tooMany';
    const atMs = this.#options.nowMs();
    const isAccepted = this.#options.accept({
      recordId,
      message,
      email,
      site,
      ip: client.ip,
      language,
      atMs,
    });
    return isAccepted ? 'thanks' : 'lost';
  }

  #isCurrent(rawToken: string, recordId: string, site: string): boolean {
    const match = /^([0-9a-z]{1,6})\.([\w-]{22})$/.exec(rawToken);
    if (match === null || !/^[0-9a-f]{8}$/.test(recordId)) return false;
    const ageHours = this.#turnHour() - Number.parseInt(match[1]!, 36);
    if (ageHours < 0 || ageHours > TOKEN_LIFE_HOURS) return false;
    return this.#signer.isSigned(`${match[1]}\n${recordId}\n${site}`, match[2]!);
  }

  #mayCount(clientKey: string): boolean {
    this.#turnHour();
    const sent = this.#sentBy.get(clientKey) ?? 0;
    if (sent >= (this.#options.perClientAndHour ?? 3) || this.#sent >= (this.#options.perHour ?? 200))
      return false;
    this.#sentBy.set(clientKey, sent + 1);
    this.#sent++;
    return true;
  }

  #turnHour(): number {
    const hour = Math.floor(this.#options.nowMs() / HOUR_MS);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#tokens.clear();
      this.#sentBy.clear();
      this.#sent = 0;
    }
    return hour;
  }
}

function answerTo(outcome: Outcome, language: Language, siteName: string): Answer {
  const { appeal } = wordsOf(language);
  const title = outcome === 'thanks' ? appeal.thanksTitle : appeal.refusedTitle;
  const headers = headersOf('html', language);
  return {
    status: STATUS[outcome],
    headers: outcome === 'tooMany' ? [...headers, ['Retry-After', '3600']] : headers,
    body: framePage({ language, title, siteName, body: html`<p>${appeal[outcome]}</p>` }),
    cause: 'own-page',
  };
}

/** One kind of line end, and nothing that a terminal or a mail would take for a command. */
function cleanText(rawText: string): string {
  return rawText
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ')
    .trim();
}

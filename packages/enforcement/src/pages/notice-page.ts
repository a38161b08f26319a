// Short pages: slow down, wait your turn, the site does not answer, please sign in again.

import type { Answer } from '@parapet/kinds';
import { framePage, headersOf } from './frame.ts';
import { html, raw, type Html } from './html.ts';
import type { Reader } from './reader.ts';
import { fill, seconds, wordsOf } from './words/index.ts';
import type { NoticeWords } from './words/words.ts';

export interface NoticeFacts {
  readonly reader: Reader;
  readonly siteName: string;
  readonly recordId?: string;
  /** Under which the log knows the request; told when there is no record. */
  readonly requestId?: string;
}

/** Returns 429, with how long to wait. */
export function throttlePage(facts: NoticeFacts & { readonly retryAfterSeconds: number }): Answer {
  const { throttle } = wordsOf(facts.reader.language);
  return noticePage(facts, 429, 'throttle', throttle, facts.retryAfterSeconds);
}

/** Returns 502 (not reachable), 503 (closed until protection runs again) or 504 (did not answer in time). */
export function upstreamPage(facts: NoticeFacts & { readonly status: 502 | 503 | 504 }): Answer {
  const words = wordsOf(facts.reader.language);
  const notice =
    facts.status === 502 ? words.unreachable : facts.status === 503 ? words.closed : words.tooSlow;
  return noticePage(facts, facts.status, 'upstream', notice, facts.status === 503 ? 60 : undefined);
}

/**
 * Returns 503 with the place in the queue as a cookie. The page asks again by itself after `againSeconds`, without
 * scripts; it is the address itself that is asked for, so nothing is lost on the way.
 */
export function queuePage(
  facts: NoticeFacts & {
    readonly waitSeconds: number;
    readonly againSeconds: number;
    readonly setCookie: string | undefined;
  },
): Answer {
  const { queue } = wordsOf(facts.reader.language);
  const answer = noticePage(facts, 503, 'queue', queue, facts.waitSeconds);
  const again = String(facts.againSeconds);
  return {
    ...answer,
    headers: [
      ...answer.headers.filter(([name]) => name !== 'Retry-After'),
      ['Retry-After', again],
      ...(facts.reader.format === 'html' ? ([['Refresh', again]] as const) : []),
      ...(facts.setCookie === undefined ? [] : ([['Set-Cookie', facts.setCookie]] as const)),
    ],
  };
}

/** Returns 403 with the request to sign in again, and a link to where that can be done. */
export function stepUpPage(facts: NoticeFacts & { readonly signInPath: string }): Answer {
  const { stepUp, signIn } = wordsOf(facts.reader.language);
  const link = html`<p><a class="button" href="${facts.signInPath}">${signIn}</a></p>`;
  return noticePage(facts, 403, 'step-up', stepUp, undefined, link);
}

function noticePage(
  facts: NoticeFacts,
  status: number,
  cause: string,
  words: NoticeWords,
  waitSeconds: number | undefined,
  link?: Html,
): Answer {
  const { format, language } = facts.reader;
  const lead =
    waitSeconds === undefined ? words.lead : fill(words.lead, { time: seconds(language, waitSeconds) });
  return {
    status,
    headers: [
      ...headersOf(format, language),
      ...(waitSeconds === undefined ? [] : ([['Retry-After', String(waitSeconds)]] as const)),
      ...(facts.requestId === undefined ? [] : ([['X-Request-Id', facts.requestId]] as const)),
    ],
    body: bodyOf(facts, status, words, lead, waitSeconds, link),
    cause,
    ...(facts.recordId === undefined ? {} : { recordId: facts.recordId }),
  };
}

function bodyOf(
  facts: NoticeFacts,
  status: number,
  words: NoticeWords,
  lead: string,
  waitSeconds: number | undefined,
  link: Html | undefined,
): string {
  const { language, format } = facts.reader;
  const { record } = wordsOf(language);
  const id = facts.recordId ?? facts.requestId;
  const recordLine = id === undefined ? '' : `${record}: ${id}`;
  switch (format) {
    case 'html':
      return framePage({
        language,
        title: words.title,
        siteName: facts.siteName,
        body: html`<p>${lead}</p>
          <p class="soft">${words.more}</p>
          ${link === undefined ? undefined : raw(link)}
          ${recordLine === '' ? undefined : raw(html`<p class="soft">${recordLine}</p>`)}`,
      });
    case 'text':
      return `${[words.title, '', lead, words.more, recordLine].join('\n').trimEnd()}\n`;
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: words.title,
        status,
        detail: lead,
        ...(waitSeconds === undefined ? {} : { retryAfter: waitSeconds }),
        ...(facts.recordId === undefined ? {} : { record: facts.recordId }),
        ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
      })}\n`;
  }
}

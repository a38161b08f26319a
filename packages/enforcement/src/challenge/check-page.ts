// What a client without a pass is shown: the page on which the check runs, or a few words to a program.

import type { Answer } from '@parapet/kinds';
import { CHECK_URL, OWN_PREFIX } from '../pages/assets/assets.ts';
import { framePage, headersOf } from '../pages/frame.ts';
import { html, raw, type Html } from '../pages/html.ts';
import type { Language, Reader } from '../pages/reader.ts';
import { wordsOf } from '../pages/words/index.ts';
import type { Demand } from './demand.ts';
import { layoutOf, type Layout } from './puzzle.ts';

export const CHECK_PATH: string = `${OWN_PREFIX}check`;
export const WAIT_PATH: string = `${OWN_PREFIX}wait`;

export interface CheckFacts {
  readonly reader: Reader;
  readonly token: string;
  readonly nonce: string;
  /** How the page was asked for that is wanted. */
  readonly method: string;
  /** Where to go afterwards; undefined when the page stands in the place of the wanted one. */
  readonly to: string | undefined;
  /** The wanted page, for those who wait instead. */
  readonly wanted: string;
  readonly demand: Demand;
}

/** Returns 403 in the form the reader understands. */
export function checkAnswer(facts: CheckFacts): Answer {
  const { reader, demand } = facts;
  return {
    status: 403,
    headers: headersOf(reader.format, reader.language),
    body: bodyOf(facts),
    cause: 'captcha',
    ...(demand.recordId === undefined ? {} : { recordId: demand.recordId }),
  };
}

/** Returns the question as the script reads it: `width.grow.grow.grow.order.order.order.margin`. */
export function layoutText(layout: Layout): string {
  return [layout.width, ...layout.grow, ...layout.order, layout.margin].join('.');
}

/** Returns the address of the waiting page that leads to the wanted one. */
export function waitUrl(wanted: string, method: string, token: string = ''): string {
  const query = new URLSearchParams({ to: wanted });
  if (!isRead(method)) query.set('sent', '1');
  return `${WAIT_PATH}${token === '' ? '' : `/${token}`}?${query.toString()}`;
}

export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bodyOf(facts: CheckFacts): string {
  const { check } = wordsOf(facts.reader.language);
  switch (facts.reader.format) {
    case 'html':
      return page(facts);
    case 'text':
      return `${check.title}\n\n${check.program}\n`;
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: check.title,
        status: 403,
        detail: check.program,
        challenge: CHECK_PATH,
        ...(facts.demand.recordId === undefined ? {} : { record: facts.demand.recordId }),
      })}\n`;
  }
}

function page(facts: CheckFacts): Html {
  const { language } = facts.reader;
  const { check, wait, tryAgain } = wordsOf(language);
  const { allowsWaiting } = facts.demand;
  const slowUrl = waitUrl(facts.wanted, facts.method);
  const refresh = html`<noscript><meta http-equiv="refresh" content="0; url=${slowUrl}" /></noscript> `;
  const sent = html`<p id="sent"><strong>${check.sent}</strong></p>`;
  const slow = html`<p class="soft" id="slow">${check.slow} <a href="${slowUrl}">${check.slowLink}</a></p>`;
  return framePage({
    language,
    title: check.title,
    siteName: facts.demand.siteName,
    head: html`${allowsWaiting ? raw(refresh) : undefined}
      <script src="${CHECK_URL}" defer></script>`,
    body: html`<p>${check.lead}</p>
      ${isRead(facts.method) ? undefined : raw(sent)} ${raw(live(facts, language))}
      <p><button type="button" id="retry" hidden>${tryAgain}</button></p>
      <p id="after" hidden>
        <button type="button" id="resend">${check.sendAgain}</button>
        <button type="button" id="back">${check.goBack}</button>
      </p>
      <noscript
        ><p><strong>${allowsWaiting ? check.noScript : wait.off}</strong></p></noscript
      >
      ${allowsWaiting ? raw(slow) : undefined}
      <details>
        <summary>${check.whyTitle}</summary>
        <p>${check.why}</p>
        <p>${check.privacy}</p>
      </details>`,
  });
}

/** What the script fills with life; without one it stays hidden. */
function live(facts: CheckFacts, language: Language): Html {
  const { check } = wordsOf(language);
  const to = html` data-to="${facts.to}"`;
  return html`<div
    id="check"
    data-token="${facts.token}"
    data-layout="${layoutText(layoutOf(facts.nonce))}"
    data-method="${facts.method}"
    ${facts.to === undefined ? undefined : raw(to)}
    data-checking="${check.checking}"
    data-working="${check.working}"
    data-done="${check.done}"
    data-failed="${check.failed}"
    data-nocookies="${check.noCookies}"
    data-sentdone="${check.sentDone}"
  >
    <div id="live" hidden>
      <progress id="bar" max="100" value="0" aria-label="${check.progress}"></progress>
      <p class="status" id="status" role="status"></p>
    </div>
  </div>`;
}

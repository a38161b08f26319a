// What a client without a pass is shown: the page on which the check runs, or a few words to a program.

import type { Answer } from '@parapet/kinds';
import { appealForm } from '../pages/appeal-form.ts';
import { CHECK_URL, OWN_PREFIX } from '../pages/assets/assets.ts';
import { framePage, headersOf } from '../pages/frame.ts';
import { escapeHtml, html, raw, type Html } from '../pages/html.ts';
import type { Reader } from '../pages/reader.ts';
import { slot, Templates } from '../pages/template.ts';
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
  const { format, language } = facts.reader;
  const answer = {
    status: 403,
    headers: headersOf(format, language),
    body: bodyOf(facts),
    cause: 'captcha',
  };
  const { recordId } = facts.demand;
  return recordId === undefined ? answer : Object.assign(answer, { recordId });
}

/** Returns the question as the script reads it: `width.grow.grow.grow.order.order.order.margin`. */
export function layoutText(layout: Layout): string {
  return [layout.width, ...layout.grow, ...layout.order, layout.margin].join('.');
}

/** Returns the address of the waiting page that leads to the wanted one. */
export function waitUrl(wanted: string, method: string, token: string = ''): string {
  const path = token === '' ? WAIT_PATH : `${WAIT_PATH}/${token}`;
  return `${path}?to=${encodeURIComponent(wanted)}${isRead(method) ? '' : '&sent=1'}`;
}

export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bodyOf(facts: CheckFacts): string | Buffer {
  const { check } = wordsOf(facts.reader.language);
  const { recordId } = facts.demand;
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
        ...(recordId === undefined ? {} : { record: recordId }),
      })}\n`;
  }
}

const TOKEN: string = slot(0);
const LAYOUT: string = slot(1);
const METHOD: string = slot(2);
const TO: string = slot(3);
const WAIT_URL: string = slot(4);
const RECORD: string = slot(5);
const APPEAL: string = slot(6);

const templates = new Templates();

function page(facts: CheckFacts): Buffer {
  const { reader, demand, method, to } = facts;
  const { allowsWaiting, recordId, appealToken } = demand;
  const key = [
    reader.language,
    to !== undefined,
    isRead(method),
    allowsWaiting,
    recordId !== undefined,
    appealToken !== undefined,
    demand.siteName,
  ].join(' ');
  return templates
    .get(key, () => render(facts))
    .fill([
      facts.token,
      layoutText(layoutOf(facts.nonce)),
      escapeHtml(method),
      escapeHtml(to ?? ''),
      escapeHtml(waitUrl(facts.wanted, method)),
      recordId ?? '',
      appealToken ?? '',
    ]);
}

function render(facts: CheckFacts): Html {
  const { language } = facts.reader;
  const { allowsWaiting } = facts.demand;
  const { check } = wordsOf(language);
  const refresh = html`<noscript><meta http-equiv="refresh" content="0; url=${WAIT_URL}" /></noscript>`;
  const sent = html`<p id="sent"><strong>${check.sent}</strong></p>`;
  const slow = html`<p class="soft" id="slow">${check.slow} <a href="${WAIT_URL}">${check.slowLink}</a></p>`;
  return framePage({
    language,
    title: check.title,
    siteName: facts.demand.siteName,
    head: html`${allowsWaiting ? raw(refresh) : undefined}
      <script src="${CHECK_URL}" defer></script>`,
    body: html`<p id="lead">${check.lead}</p>
      ${isRead(facts.method) ? undefined : raw(sent)} ${raw(live(facts))} ${raw(noScript(facts))}
      ${allowsWaiting ? raw(slow) : undefined} ${raw(why(facts))}`,
  });
}

/** What the script fills with life; without one it stays hidden. */
function live({ reader, to }: CheckFacts): Html {
  const { check, tryAgain } = wordsOf(reader.language);
  const whereTo = html`data-to="${TO}"`;
  return html`<div
      id="check"
      data-token="${TOKEN}"
      data-layout="${LAYOUT}"
      data-method="${METHOD}"
      ${to === undefined ? undefined : raw(whereTo)}
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
    </div>
    <p id="again" hidden><button type="button" id="retry">${tryAgain}</button></p>
    <p id="after" hidden>
      <button type="button" id="resend">${check.sendAgain}</button>
      <button type="button" id="back">${check.goBack}</button>
    </p>`;
}

/** Read by people whose browser does not refresh by itself, or where waiting is switched off. */
function noScript({ reader, demand }: CheckFacts): Html {
  const { check, wait } = wordsOf(reader.language);
  const hasForm = !demand.allowsWaiting && demand.recordId !== undefined && demand.appealToken !== undefined;
  const form = hasForm ? raw(appealForm(reader.language, RECORD, APPEAL)) : undefined;
  return html`<noscript>
    <p><strong>${demand.allowsWaiting ? check.noScript : wait.off}</strong></p>
    ${form}
  </noscript>`;
}

function why({ reader, demand }: CheckFacts): Html {
  const { check, record } = wordsOf(reader.language);
  const recordLine = html`<p>${record}: <span class="record">${RECORD}</span></p>`;
  return html`<details>
    <summary>${check.whyTitle}</summary>
    <p>${check.why}</p>
    <p>${check.privacy}</p>
    ${demand.recordId === undefined ? undefined : raw(recordLine)}
  </details>`;
}

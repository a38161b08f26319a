// What people see who wait: the steps, the end, and why it did not work.

import type { Answer } from '@parapet/kinds';
import { appealForm } from '../pages/appeal-form.ts';
import { framePage, headersOf } from '../pages/frame.ts';
import { html, raw, type Html } from '../pages/html.ts';
import type { Reader } from '../pages/reader.ts';
import { fill, seconds, wordsOf } from '../pages/words/index.ts';
import { WAIT_PATH, waitUrl } from './check-page.ts';
import { WAIT_STEPS, type Demand } from './demand.ts';

/** A class of the style sheet; the page's element wears one of them. */
export interface Mark {
  readonly name: string;
  readonly isWorn: boolean;
}

export interface WaitFacts {
  readonly reader: Reader;
  readonly demand: Demand;
  readonly to: string;
  readonly hasSent: boolean;
}

type Failure = 'late' | 'noStyles' | 'full' | 'off';

/** Returns a step: 200, for it is a page of our own; it refreshes at once to an address that answers in time. */
export function waitStep(
  facts: WaitFacts,
  token: string,
  marks: readonly Mark[],
  step: number,
  stepMs: number,
): Answer {
  const { language } = facts.reader;
  const { wait, check } = wordsOf(language);
  const next = waitUrl(facts.to, facts.hasSent ? 'POST' : 'GET', token);
  const worn = marks.find((mark) => mark.isWorn)?.name ?? '';
  const sent = html`<p><strong>${check.sent}</strong></p>`;
  return answerWith(
    facts,
    200,
    fill(wait.title, { step, steps: WAIT_STEPS }),
    html`<p>${fill(wait.lead, { time: seconds(language, Math.ceil(stepMs / 1000)) })}</p>
      ${facts.hasSent ? raw(sent) : undefined}
      <progress max="${WAIT_STEPS}" value="${step - 0.5}" aria-label="${check.progress}"></progress>
      <p>${wait.goesOn} <a href="${next}">${wait.link}</a></p>
      <div class="marks"><span class="${worn}"></span></div>
      <details>
        <summary>${check.whyTitle}</summary>
        <p>${check.why}</p>
        <p>${check.privacy}</p>
      </details>`,
    html`<meta http-equiv="refresh" content="0; url=${next}" />
      <link rel="stylesheet" href="${WAIT_PATH}/${token}.css" />`,
  );
}

/**
 * Returns the style sheet of a step. The worn class has two rules: the later one is weaker, so a browser takes the
 * earlier, and who only looks for the class takes the wrong one.
 */
export function styleOf(marks: readonly Mark[], token: string): Answer {
  const url = (i: number): string => `${WAIT_PATH}/${token}.${i}.gif`;
  const rules = marks.map((mark, i) => `.marks .${mark.name}{background-image:url(${url(i)})}`);
  const worn = marks.find((mark) => mark.isWorn)?.name ?? '';
  rules.push(`.${worn}{background-image:url(${url(0)})}`);
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/css; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: `.marks span{display:block;width:1px;height:1px}\n${rules.join('\n')}\n`,
    cause: 'own-page',
  };
}

/** Returns the way back to the same step. */
export function waitRedirect(facts: WaitFacts, token: string): Answer {
  const { wait } = wordsOf(facts.reader.language);
  const to = waitUrl(facts.to, facts.hasSent ? 'POST' : 'GET', token);
  const page = answerWith(facts, 303, wait.doneTitle, html`<p><a href="${to}">${wait.link}</a></p>`);
  return { ...page, headers: [...page.headers, ['Location', to]] };
}

/** Returns the way on: to the wanted page, or, when something had been sent, what to do about that. */
export function waitOver(facts: WaitFacts, cookie: string): Answer {
  const { wait } = wordsOf(facts.reader.language);
  const page = facts.hasSent
    ? answerWith(facts, 200, wait.doneTitle, html`<p>${wait.done}</p>`)
    : answerWith(facts, 303, wait.doneTitle, html`<p><a href="${facts.to}">${wait.doneTitle}</a></p>`);
  const headers = [...page.headers, ['Set-Cookie', cookie]] as const;
  return { ...page, headers: facts.hasSent ? headers : [...headers, ['Location', facts.to]] };
}

/** Returns why waiting does not work, with a way on: try again, and the form to the owner when there is one. */
export function waitFailure(facts: WaitFacts, failure: Failure, status: 403 | 429): Answer {
  const { language } = facts.reader;
  const { wait, tryAgain } = wordsOf(language);
  const { recordId, appealToken } = facts.demand;
  const form =
    recordId === undefined || appealToken === undefined
      ? undefined
      : appealForm(language, recordId, appealToken);
  const page = answerWith(
    facts,
    status,
    wait.failedTitle,
    html`<p>${wait[failure]}</p>
      <p><a class="button" href="${facts.to}">${tryAgain}</a></p>
      ${form === undefined ? undefined : raw(form)}`,
  );
  return status === 429 ? { ...page, headers: [...page.headers, ['Retry-After', '600']] } : page;
}

function answerWith(facts: WaitFacts, status: number, title: string, body: Html, head?: Html): Answer {
  const { language } = facts.reader;
  const { recordId, siteName } = facts.demand;
  return {
    status,
    headers: headersOf('html', language),
    body: framePage({ language, title, siteName, body, ...(head === undefined ? {} : { head }) }),
    cause: 'captcha',
    ...(recordId === undefined ? {} : { recordId }),
  };
}

// The page for somebody who is banned: what happened, why, until when, and how to reach the owner.

import type { Answer } from '@parapet/kinds';
import { appealForm } from './appeal-form.ts';
import { framePage, headersOf } from './frame.ts';
import { html, raw, type Html } from './html.ts';
import type { Reader } from './reader.ts';
import type { ReasonClass } from './reason.ts';
import { slot, Templates, type Template } from './template.ts';
import { endOf, jsonTime } from './time.ts';
import { wordsOf } from './words/index.ts';

export interface BlockFacts {
  readonly reader: Reader;
  /** How the site is called; any text. */
  readonly siteName: string;
  /** The first 8 hex digits of the decision's id. */
  readonly recordId: string;
  readonly reasonClass: ReasonClass;
  /** 0 when nobody knows. */
  readonly expiresAtMs: number;
  readonly nowMs: number;
  /** From `Appeals.tokenOf`; without one the page has no form. */
  readonly appealToken: string | undefined;
}

const RECORD: string = slot(0);
const END: string = slot(1);
const TOKEN: string = slot(2);

interface Made {
  readonly template: Template;
  readonly end: string;
  readonly token: string;
  readonly answer: Answer;
}

// A client that hammers on gets the same answer until the minute ends.
const MOST_MADE = 512;
const made = new Map<string, Made>();
const templates = new Templates();

/** Returns the answer for a banned client: 403, never kept by anybody. */
export function blockPage(facts: BlockFacts): Answer {
  const { recordId, expiresAtMs } = facts;
  const { language, format } = facts.reader;
  const token = facts.appealToken ?? '';
  const key = `${language} ${format} ${facts.reasonClass} ${token === '' ? '-' : '+'} ${facts.siteName}`;
  const template = templates.get(key, () => render(facts));
  const end = format === 'json' ? jsonTime(expiresAtMs) : endOf(expiresAtMs, facts.nowMs, language);
  const last = made.get(recordId);
  if (last !== undefined && last.template === template && last.end === end && last.token === token)
    return last.answer;
  const answer = {
    status: 403,
    headers: headersOf(format, language),
    body: template.fill([recordId, end, token]),
    cause: 'ban',
    recordId,
  };
  if (made.size >= MOST_MADE) made.clear();
  made.set(recordId, { template, end, token, answer });
  return answer;
}

function render(facts: BlockFacts): string {
  const { siteName, reasonClass } = facts;
  const { language, format } = facts.reader;
  const { block, record } = wordsOf(language);
  switch (format) {
    case 'html':
      return framePage({ language, title: block.title, siteName, body: bodyOf(facts) });
    case 'text':
      return [
        block.title,
        '',
        block.lead,
        `${block.reasonTitle}: ${block.reasons[reasonClass]}`,
        `${block.endsTitle}: ${END}`,
        `${record}: ${RECORD}`,
        '',
      ].join('\n');
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: block.title,
        status: 403,
        detail: block.lead,
        reason: reasonClass,
        ends: END,
        record: RECORD,
      }).replace(`"${END}"`, END)}\n`;
  }
}

function bodyOf({ reader: { language }, reasonClass, appealToken }: BlockFacts): Html {
  const { block, record } = wordsOf(language);
  const form = appealToken === undefined ? undefined : raw(appealForm(language, RECORD, TOKEN));
  return html`<p>${block.lead}</p>
    <dl>
      <dt>${block.reasonTitle}</dt>
      <dd>${block.reasons[reasonClass]}</dd>
      <dt>${block.endsTitle}</dt>
      <dd>${END}</dd>
      <dt>${record}</dt>
      <dd class="record">${RECORD}</dd>
    </dl>
    <p class="soft">${block.shared}</p>
    ${form}`;
}

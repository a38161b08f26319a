// The page for one request that was stopped for what it holds: what that was in a few plain words, that nothing else is
// blocked, and how to reach the owner.

import type { Answer, AttackClass } from '@parapet/kinds';
import { appealForm } from './appeal-form.ts';
import { framePage, headersOf } from './frame.ts';
import { html, raw } from './html.ts';
import type { Reader } from './reader.ts';
import { slot, Templates } from './template.ts';
import { wordsOf } from './words/index.ts';

/** What a visitor is told: enough to understand it, not enough to tune an attack. */
export type RefusedFor = 'database' | 'script' | 'server' | 'private' | 'malformed' | 'other';

export interface RefusedFacts {
  readonly reader: Reader;
  readonly siteName: string;
  /** Eight hex digits. */
  readonly recordId: string;
  readonly refusedFor: RefusedFor;
  /** 403, or 400 for bytes that no browser sends. */
  readonly status: 400 | 403;
  /** From `Appeals.tokenOf`. */
  readonly appealToken: string;
}

const RECORD: string = slot(0);
const TOKEN: string = slot(1);
const templates = new Templates();

/** Returns the words for a class of attack. */
export function refusedFor(found: AttackClass | undefined): RefusedFor {
  switch (found) {
    case 'sqli':
    case 'nosql':
    case 'ldap':
      return 'database';
    case 'xss':
      return 'script';
    case 'rce':
    case 'php':
    case 'ssti':
    case 'java':
    case 'xxe':
    case 'ssrf':
    case 'drupal':
      return 'server';
    case 'lfi':
    case 'leak':
      return 'private';
    case 'crlf':
    case 'protocol':
      return 'malformed';
    case 'scanner':
    case 'other':
    case undefined:
      return 'other';
  }
}

/** Returns the answer for a request that was stopped, never kept by anybody. */
export function refusedPage(facts: RefusedFacts): Answer {
  const { siteName, recordId, status, appealToken } = facts;
  const { language, format } = facts.reader;
  const key = `${language} ${format} ${status} ${facts.refusedFor} ${siteName}`;
  const template = templates.get(key, () => render(facts));
  return {
    status,
    headers: headersOf(format, language),
    body: template.fill([recordId, appealToken]),
    cause: 'attack',
    recordId,
  };
}

function render({ reader: { language, format }, siteName, refusedFor: why, status }: RefusedFacts): string {
  const { refused, record } = wordsOf(language);
  const reason = `${refused.contains}: ${refused.reasons[why]}`;
  switch (format) {
    case 'html': {
      const form = raw(appealForm(language, RECORD, TOKEN));
      const body = html`<p>${refused.lead}</p>
        <p>${reason}.</p>
        <p class="soft">${refused.more}</p>
        <p class="soft">${record}: <span class="record">${RECORD}</span></p>
        ${form}`;
      return framePage({ language, title: refused.title, siteName, body });
    }
    case 'text':
      return [refused.title, '', refused.lead, reason, refused.more, `${record}: ${RECORD}`, ''].join('\n');
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: refused.title,
        status,
        detail: `${refused.lead} ${reason}.`,
        reason: why,
        record: RECORD,
      })}\n`;
  }
}

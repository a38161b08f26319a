// The page for somebody who is banned. It is asked for at the rate of an attack, so it is rendered once for each
// site, language and class, and only record, end and form token are filled in.

import type { Answer } from '@parapet/kinds';
import { appealForm } from './appeal-form.ts';
import { framePage, headersOf } from './frame.ts';
import { html, raw, type Html } from './html.ts';
import type { Format, Language } from './reader.ts';
import type { ReasonClass } from './reason.ts';
import { endOf, jsonTime } from './time.ts';
import { wordsOf } from './words/index.ts';

export interface BlockFacts {
  readonly language: Language;
  readonly format: Format;
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

// Places to be filled: characters for private use, which escaping leaves alone and no word of ours has.
const SLOT = /[\u{e000}-\u{e002}]/u;
const RECORD = '\u{e000}';
const END = '\u{e001}';
const TOKEN = '\u{e002}';

// One for each site, language, class and format: a few hundred at most with a few sites.
const MOST_TEMPLATES = 2000;
const templates = new Map<string, Template>();

interface Template {
  readonly pieces: readonly Buffer[];
  /** What follows each piece but the last. */
  readonly slots: readonly string[];
  readonly sizeBytes: number;
}

/** Returns the answer for a banned client: 403, never kept by anybody. */
export function blockPage(facts: BlockFacts): Answer {
  const template = templateFor(facts);
  const end =
    facts.format === 'json'
      ? jsonTime(facts.expiresAtMs)
      : endOf(facts.expiresAtMs, facts.nowMs, facts.language);
  return {
    status: 403,
    headers: headersOf(facts.format, facts.language),
    body: fillTemplate(template, facts.recordId, end, facts.appealToken ?? ''),
    cause: 'ban',
    recordId: facts.recordId,
  };
}

function templateFor(facts: BlockFacts): Template {
  const hasForm = facts.appealToken !== undefined;
  const key = `${facts.language} ${facts.format} ${facts.reasonClass} ${hasForm} ${facts.siteName}`;
  let template = templates.get(key);
  if (template === undefined) {
    if (templates.size >= MOST_TEMPLATES) templates.clear();
    template = compile(render(facts, hasForm));
    templates.set(key, template);
  }
  return template;
}

function render(facts: BlockFacts, hasForm: boolean): string {
  const { block, record } = wordsOf(facts.language);
  switch (facts.format) {
    case 'html':
      return framePage({
        language: facts.language,
        title: block.title,
        siteName: facts.siteName,
        body: bodyOf(facts, hasForm),
      });
    case 'text':
      return `${block.title}\n\n${block.lead}\n${block.reasonTitle}: ${block.reasons[facts.reasonClass]}\n${block.endsTitle}: ${END}\n${record}: ${RECORD}\n`;
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: block.title,
        status: 403,
        detail: block.lead,
        reason: facts.reasonClass,
        ends: END,
        record: RECORD,
      }).replace(`"${END}"`, END)}\n`;
  }
}

function bodyOf(facts: BlockFacts, hasForm: boolean): Html {
  const { block, record } = wordsOf(facts.language);
  const form = hasForm ? appealForm(facts.language, RECORD, TOKEN) : undefined;
  return html`<p>${block.lead}</p>
    <dl>
      <dt>${block.reasonTitle}</dt>
      <dd>${block.reasons[facts.reasonClass]}</dd>
      <dt>${block.endsTitle}</dt>
      <dd>${END}</dd>
      <dt>${record}</dt>
      <dd class="record">${RECORD}</dd>
    </dl>
    <p class="soft">${block.shared}</p>
    ${form === undefined ? undefined : raw(form)}`;
}

function compile(text: string): Template {
  const pieces: Buffer[] = [];
  const slots: string[] = [];
  let rest = text;
  for (let at = rest.search(SLOT); at >= 0; at = rest.search(SLOT)) {
    pieces.push(Buffer.from(rest.slice(0, at)));
    slots.push(rest[at]!);
    rest = rest.slice(at + 1);
  }
  pieces.push(Buffer.from(rest));
  return { pieces, slots, sizeBytes: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

/** Record and token are ASCII; the end comes as bytes. */
function fillTemplate(template: Template, recordId: string, end: Buffer, token: string): Buffer {
  let sizeBytes = template.sizeBytes;
  for (const slot of template.slots)
    sizeBytes += slot === RECORD ? recordId.length : slot === END ? end.length : token.length;
  const body = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const [i, piece] of template.pieces.entries()) {
    at += piece.copy(body, at);
    const slot = template.slots[i];
    if (slot === RECORD) at += body.write(recordId, at, 'latin1');
    else if (slot === TOKEN) at += body.write(token, at, 'latin1');
    else if (slot === END) at += end.copy(body, at);
  }
  return body;
}

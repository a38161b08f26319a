// What a client without a pass is shown.

import type { Answer, RequestView } from '@parapet/kinds';
import { CHECK_URL } from '../pages/assets/assets.ts';
import { framePage, headersOf } from '../pages/frame.ts';
import { html } from '../pages/html.ts';
import type { Reader } from '../pages/reader.ts';
import { wordsOf } from '../pages/words/index.ts';
import type { Demand } from './demand.ts';

/** Returns 403 in the form the reader understands. */
export function challengeAnswer(reader: Reader, request: RequestView, token: string, demand: Demand): Answer {
  return {
    status: 403,
    headers: headersOf(reader.format, reader.language),
    body: bodyOf(reader, request, token, demand),
    cause: 'captcha',
    ...(demand.recordId === undefined ? {} : { recordId: demand.recordId }),
  };
}

function bodyOf(reader: Reader, request: RequestView, token: string, demand: Demand): string {
  const { check } = wordsOf(reader.language);
  switch (reader.format) {
    case 'html':
      return framePage({
        language: reader.language,
        title: check.title,
        siteName: demand.siteName,
        head: html`<script src="${CHECK_URL}" defer></script>`,
        body: html`<p>${check.lead}</p>
          <div id="check" data-token="${token}" data-method="${request.method}"></div>`,
      });
    case 'text':
      return `${check.title}\n\n${check.program}\n`;
    case 'json':
      return `${JSON.stringify({
        type: 'about:blank',
        title: check.title,
        status: 403,
        detail: check.program,
        challenge: true,
        ...(demand.recordId === undefined ? {} : { record: demand.recordId }),
      })}\n`;
  }
}

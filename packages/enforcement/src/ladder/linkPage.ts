// The pages behind a one-time link. Opening it only shows a button: programs that look at links in mails and
// chats open them too, and must not use them up.

import type { Answer, RequestView } from '@parapet/kinds';
import { framePage, headersOf } from '../pages/frame.ts';
import { html, type Html } from '../pages/html.ts';
import { languageOf } from '../pages/reader.ts';
import { LINK_WORDS } from './linkWords.table.ts';

/** Returns the page with the button. */
export function linkPage(request: RequestView, siteName: string): Answer {
  const words = LINK_WORDS[languageOf(request.header('accept-language'))];
  return page(
    request,
    siteName,
    200,
    words.title,
    html`
      <p>${words.lead}</p>
      <form method="post"><button type="submit">${words.button}</button></form>
    `,
  );
}

export function linkDonePage(request: RequestView, siteName: string, cookie: string): Answer {
  const words = LINK_WORDS[languageOf(request.header('accept-language'))];
  const body = html`
    <p>${words.done}</p>
    <p><a class="button" href="/">${words.toSite}</a></p>
  `;
  const answer = page(request, siteName, 200, words.doneTitle, body);
  return { ...answer, headers: [...answer.headers, ['Set-Cookie', cookie]] };
}

export function linkFailedPage(request: RequestView, siteName: string): Answer {
  const words = LINK_WORDS[languageOf(request.header('accept-language'))];
  return page(request, siteName, 410, words.failedTitle, html`<p>${words.failed}</p>`);
}

function page(request: RequestView, siteName: string, status: number, title: string, body: Html): Answer {
  const language = languageOf(request.header('accept-language'));
  return {
    status,
    // The address of this page is a key: it is told to nobody.
    headers: headersOf('html', language).map(([name, value]) =>
      name === 'Referrer-Policy' ? [name, 'no-referrer'] : [name, value],
    ),
    body: framePage({ language, title, siteName, body }),
    cause: 'own-page',
  };
}

// What all our pages have in common: the frame around the text, and the head of the answer.

import type { Answer } from '@parapet/kinds';
import { ICON_URL, STYLE_URL, WALL_PATH } from './assets/assets.ts';
import { html, raw, type Html } from './html.ts';
import type { Language } from './reader.ts';
import { fill, wordsOf } from './words/index.ts';
import type { Words } from './words/words.ts';

type Headers = Answer['headers'];

export interface FrameParts {
  readonly language: Language;
  readonly title: string;
  /** How the site is called; any text. */
  readonly siteName: string;
  /** Everything below the heading. */
  readonly body: Html;
  /** More for the head: a script, a refresh. */
  readonly head?: Html;
}

// Nothing from outside, nothing inline, forms and scripts to this site only. Pages of the same site may frame it,
// because a framed page can be challenged as well.
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; worker-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

const TYPES = {
  html: 'text/html; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  json: 'application/problem+json',
} as const;

const headersRemembered = new Map<string, Headers>();

/** Returns the head of an answer that nobody may keep; the same object for the same question. */
export function headersOf(format: keyof typeof TYPES, language: Language): Headers {
  const key = `${format} ${language}`;
  let headers = headersRemembered.get(key);
  if (headers === undefined) {
    headers = [
      ['Content-Type', TYPES[format]],
      ['Content-Language', language],
      ['Cache-Control', 'no-store'],
      ['Vary', 'Accept, Accept-Language, Sec-Fetch-Dest, X-Requested-With'],
      ['X-Content-Type-Options', 'nosniff'],
      ['Referrer-Policy', 'same-origin'],
      ['X-Robots-Tag', 'noindex'],
      ...(format === 'html' ? ([['Content-Security-Policy', POLICY]] as const) : []),
    ];
    headersRemembered.set(key, headers);
  }
  return headers;
}

/** Returns the whole page. */
export function framePage(parts: FrameParts): Html {
  const words = wordsOf(parts.language);
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${parts.title}</title>
        <link rel="stylesheet" href="${STYLE_URL}" />
        <link rel="icon" href="${ICON_URL}" />
        ${parts.head === undefined ? undefined : raw(parts.head)}
      </head>
      <body>
        <main>
          <div class="card">
            <svg class="wall" viewBox="4 9 40 31" aria-hidden="true"><path d="${WALL_PATH}" /></svg>
            <h1>${parts.title}</h1>
            ${raw(parts.body)}
          </div>
        </main>
        <footer>${footerOf(words, parts.siteName.replace(/\p{Co}/gu, ''))}</footer>
      </body>
    </html> `;
}

function footerOf({ from }: Words, siteName: string): string {
  return siteName === '' ? 'Parapet' : `${fill(from, { site: siteName })} · Parapet`;
}

// Our own style, script and icon, each under a name that holds its hash, so that a browser keeps it for ever and
// never mixes two versions. They are the same for everybody and must be served to banned clients as well.

import { createHash } from 'node:crypto';
import type { Answer } from '@parapet/kinds';
import { CHECK_SCRIPT } from './check-script.ts';
import { STYLE } from './style.ts';
import { WORK_SCRIPT } from './work-script.ts';

export const OWN_PREFIX = '/.parapet/';

// A wall with three merlons.
const WALL = 'M4 9h9v7h6V9h10v7h6V9h9v31H4z';
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path fill="#4a7ab0" d="${WALL}"/></svg>`;

const answers = new Map<string, Answer>();

export const STYLE_URL: string = add(STYLE.trim(), 'css', 'text/css; charset=utf-8');
const WORK_URL: string = add(WORK_SCRIPT.trim(), 'js', 'text/javascript; charset=utf-8');
export const CHECK_URL: string = add(
  CHECK_SCRIPT.trim().replace('{work}', WORK_URL),
  'js',
  'text/javascript; charset=utf-8',
);
export const ICON_URL: string = add(ICON, 'svg', 'image/svg+xml');
export const WALL_PATH: string = WALL;

/** Returns the style, script or icon with this path; the query is ignored. */
export function ownAsset(rawTarget: string): Answer | undefined {
  const question = rawTarget.indexOf('?');
  return answers.get(question < 0 ? rawTarget : rawTarget.slice(0, question));
}

function add(text: string, ending: string, type: string): string {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  const path = `${OWN_PREFIX}s/${hash}.${ending}`;
  answers.set(path, {
    status: 200,
    headers: [
      ['Content-Type', type],
      ['Cache-Control', 'public, max-age=31536000, immutable'],
      ['X-Content-Type-Options', 'nosniff'],
      // The worker is a document of its own to the browser, with a policy of its own.
      ['Content-Security-Policy', "default-src 'none'"],
    ],
    body: text,
    cause: 'own-page',
  });
  return path;
}

// The texts of a labelled request: its values as the site would read them, each with where it stands.

import type { PlacementGroup } from '@parapet/engine';

export interface PlacedText {
  readonly text: string;
  readonly group: PlacementGroup;
}

/** One line of a labelled set. */
export interface LabelledRequest {
  readonly id: string;
  readonly label: 'attack' | 'benign';
  readonly class: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyB64?: string;
  readonly payload?: string;
}

/** Headers whose values come from people or other sites. */
const READ_HEADERS = new Set([
  'user-agent',
  'referer',
  'cookie',
  'x-forwarded-for',
  'origin',
  'accept-language',
  'accept',
  'x-api-version',
  'authorization',
  'content-type',
  'x-requested-with',
  'host',
  'content-disposition',
]);
const SECRET_NAME = /pass|current_pass/u;
const RICH_NAME = /\[value\]$|body|value$/u;
const RICH_ROUTE = /^\/(?:[a-z]{2}\/)?(?:node|block|admin|media|taxonomy|comment)\b/u;

export function requestTexts(request: LabelledRequest): PlacedText[] {
  const texts: PlacedText[] = [];
  const add = (group: PlacementGroup, text: string): void => {
    if (text !== '') texts.push({ group, text });
  };
  const [path = '/', ...rest] = request.path.split('?');
  const query = rest.join('?');
  add('path', decode(path, false));
  for (const [name, value] of pairs(query)) {
    add('name', name);
    add('value', value);
  }
  let type = '';
  for (const [rawName, value] of Object.entries(request.headers)) {
    const name = rawName.toLowerCase();
    if (name === 'content-type') type = value.toLowerCase();
    if (name === 'cookie')
      for (const cookie of value.split(/;\s*/u))
        add('header', decode(cookie.slice(cookie.indexOf('=') + 1), false));
    else if (READ_HEADERS.has(name)) add('header', decode(value, false));
  }
  const body =
    request.bodyB64 === undefined
      ? (request.body ?? '')
      : Buffer.from(request.bodyB64, 'base64').toString('utf8');
  const field = (name: string, value: string): void => {
    if (SECRET_NAME.test(name)) return;
    add('name', name);
    add(RICH_NAME.test(name) && RICH_ROUTE.test(path) ? 'rich' : 'value', value);
  };
  if (type.includes('json')) {
    try {
      leaves(JSON.parse(body), '', (name, value) => {
        if (SECRET_NAME.test(name)) return;
        if (/body|value|processed/u.test(name) && value.includes('<') && path.startsWith('/jsonapi'))
          add('rich', value);
        else add('body', value);
      });
    } catch {
      add('body', body);
    }
  } else if (type.includes('multipart')) {
    const boundary = /boundary="?([^";]+)/iu.exec(type)?.[1];
    if (boundary === undefined) add('body', body);
    else
      for (const piece of body.split(`--${boundary}`)) {
        const cut = piece.search(/\r?\n\r?\n/u);
        const name = /name="([^"]*)"/u.exec(piece)?.[1];
        if (cut === -1 || name === undefined) continue;
        const value = piece
          .slice(cut)
          .replace(/^\r?\n\r?\n/u, '')
          .replace(/\r?\n$/u, '');
        const filename = /filename="([^"]*)"/u.exec(piece)?.[1];
        if (filename === undefined) field(name, value);
        else add('path', filename);
      }
  } else if (type.includes('urlencoded') || (type === '' && /^[\w[\]%.-]+=/u.test(body)))
    for (const [name, value] of pairs(body)) field(name, value);
  else if (body !== '') add('body', body.slice(0, 20_000));
  return texts;
}

function pairs(raw: string): [string, string][] {
  return raw
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at === -1
        ? [decode(pair, true), '']
        : [decode(pair.slice(0, at), true), decode(pair.slice(at + 1), true)];
    });
}

export function decode(raw: string, isPlus: boolean): string {
  const text = isPlus ? raw.replaceAll('+', ' ') : raw;
  try {
    return decodeURIComponent(text);
  } catch {
    return unescape(text);
  }
}

function leaves(value: unknown, name: string, found: (name: string, value: string) => void): void {
  if (typeof value === 'string') found(name, value);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) leaves(inner, `${name}/${key}`, found);
}

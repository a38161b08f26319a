// Attacks of every class in every place of a request, and honest texts that look like them, by the shipped inspector.
// Both lists were written for this test, so they tell what it knows beyond its labelled sets.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { InspectedRequest } from '@parapet/kinds';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareInspector } from '../../src/inspection/prepareInspector.ts';
import { PLACINGS } from '../../src/train/placements.ts';

/** Of the attacks of each class in all places so many are blocked at least. */
const LEAST_BLOCKED: Readonly<Record<string, number>> = {
  traversal: 0.99,
  wrapper: 0.99,
  ssrf: 0.9,
  ldap: 0.97,
  xpath: 0.97,
  nosql: 0.99,
  'ssi-esi': 0.99,
  mail: 0.9,
  crlf: 0.98,
  ssti: 0.98,
  xxe: 0.99,
  log4shell: 0.99,
  shellshock: 0.99,
  'rce-unix': 0.95,
  'rce-windows': 0.99,
  'code-php': 0.98,
  'code-other': 0.97,
  deserialisation: 0.97,
  prototype: 0.97,
  redirect: 0.8,
  graphql: 0.95,
  xss: 0.99,
  sqli: 0.96,
};
/** And in each place of all classes. */
const LEAST_IN_PLACE = 0.95;

/** Of the honest texts of each class in all places so many are blocked, and blocked or challenged, at most. */
const MOST_STOPPED: Readonly<Record<string, readonly [blocked: number, stopped: number]>> = {
  logic: [0, 0.04],
  names: [0, 0],
  search: [0.04, 0.06],
  prose: [0, 0.01],
  forum: [0.2, 0.32],
  code: [0.15, 0.17],
  tokens: [0, 0.02],
  password: [0, 0],
  html: [0.2, 0.22],
};

/** The texts of a list by class; `⏎` is CR LF, `␀` a zero byte. */
function readList(name: string): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  let texts: string[] = [];
  for (const line of readFileSync(path.join(import.meta.dirname, 'attempts', name), 'utf8').split('\n')) {
    if (line.startsWith('=== ')) lists.set(line.slice(4), (texts = []));
    else if (line !== '') texts.push(line.replaceAll('⏎', '\r\n').replaceAll('␀', '\0'));
  }
  return lists;
}

/** Where people write what is in a class of the honest list. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  names: ['query', 'form', 'registration', 'JSON string'],
  search: ['query', 'JSON string'],
  tokens: ['query', 'form', 'JSON string', 'cookie'],
  password: ['login'],
  html: ['form', 'multipart', 'JSON string', 'editor'],
};
const ANYWHERE = ['query', 'form', 'multipart', 'JSON string', 'XML text', 'comment', 'editor'];

const FORMS: Readonly<Record<string, (text: string) => InspectedRequest>> = {
  comment: (text) =>
    form('/comment/reply/node/1/comment', {
      'comment_body[0][value]': text,
      form_id: 'comment_comment_form',
    }),
  editor: (text) =>
    form('/node/add/page', {
      'body[0][value]': text,
      'body[0][format]': 'full_html',
      form_id: 'node_page_form',
    }),
  login: (text) => form('/user/login', { name: 'anna', pass: text, form_id: 'user_login_form' }),
  registration: (text) => form('/user/register', { 'field_name[0][value]': text, mail: 'a@example.org' }),
};

function form(rawTarget: string, fields: Readonly<Record<string, string>>): InspectedRequest {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  const headers: InspectedRequest['headers'] = [
    ['host', 'www.example.org'],
    ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['content-type', 'application/x-www-form-urlencoded'],
  ];
  return { method: 'POST', rawTarget, headers, body, isBodyCut: false, site: '' };
}

function requestOf(place: string, text: string): InspectedRequest | undefined {
  return FORMS[place]?.(text) ?? PLACINGS.find(({ name }) => name === place)?.place(text);
}

/** How often something was done of how often it was tried. */
class Shares {
  readonly #counts = new Map<string, { tried: number; blocked: number; stopped: number; example: string }>();

  add(name: string, action: string, text: string, isMissed: boolean): void {
    const count = this.#counts.get(name) ?? { tried: 0, blocked: 0, stopped: 0, example: '' };
    count.tried += 1;
    if (action === 'block' || action === 'reject') count.blocked += 1;
    if (action !== 'pass') count.stopped += 1;
    if (isMissed) count.example = text;
    this.#counts.set(name, count);
  }

  /** What is asked of each name and does not hold, in words. */
  wrong(isWrong: (name: string, blocked: number, stopped: number) => boolean): string[] {
    return [...this.#counts]
      .filter(([name, { tried, blocked, stopped }]) => isWrong(name, blocked / tried, stopped / tried))
      .map(
        ([name, { tried, blocked, stopped, example }]) =>
          `${name}: ${blocked} blocked, ${stopped} stopped of ${tried}, e.g. ${example}`,
      );
  }

  names(): string[] {
    return [...this.#counts.keys()];
  }
}

describe('the shipped inspector', () => {
  let inspector: ReturnType<typeof prepareInspector>;

  beforeAll(() => {
    inspector = prepareInspector();
  });

  it('blocks attacks of every class in every place', { timeout: 120_000 }, () => {
    const classes = new Shares();
    const places = new Shares();
    for (const [kind, texts] of readList('attacks.txt'))
      for (const text of texts)
        for (const { name, place } of PLACINGS) {
          const request = place(text);
          if (request === undefined) continue;
          const { action } = inspector.inspect(request);
          const isMissed = action !== 'block' && action !== 'reject';
          classes.add(kind, action, `${text} (${name})`, isMissed);
          places.add(name, action, text, isMissed);
        }
    expect(classes.names().toSorted()).toEqual(Object.keys(LEAST_BLOCKED).toSorted());
    expect(classes.wrong((kind, blocked) => blocked < (LEAST_BLOCKED[kind] ?? 1))).toEqual([]);
    expect(places.names()).toHaveLength(PLACINGS.length);
    expect(places.wrong((_, blocked) => blocked < LEAST_IN_PLACE)).toEqual([]);
  });

  it('lets honest texts pass that look like attacks', { timeout: 120_000 }, () => {
    const classes = new Shares();
    for (const [kind, texts] of readList('honest.txt'))
      for (const text of texts)
        for (const place of WRITTEN[kind] ?? ANYWHERE) {
          const request = requestOf(place, text);
          if (request === undefined) throw new Error(`there is no place called ${place}`);
          const { action } = inspector.inspect(request);
          classes.add(kind, action, `${text} (${place})`, action !== 'pass');
        }
    expect(classes.names().toSorted()).toEqual(Object.keys(MOST_STOPPED).toSorted());
    const wrong = classes.wrong((kind, blocked, stopped) => {
      const [mostBlocked, mostStopped] = MOST_STOPPED[kind] ?? [0, 0];
      return blocked > mostBlocked || stopped > mostStopped;
    });
    expect(wrong).toEqual([]);
  });
});

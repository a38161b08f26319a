// The signs of people and of programs: what each weighs and how it is said. See replay/people.ts for when
// a sign is seen and what the points lead to.

import { plain } from '../terminal/text.ts';

export interface Sign {
  readonly speaksFor: 'person' | 'program';
  readonly points: number;
  readonly text: (detail: string) => string;
}

export type SignKey =
  | 'signed-in'
  | 'assets'
  | 'links'
  | 'pauses'
  | 'gets-pages'
  | 'cache'
  | 'few-logins'
  | 'hostile'
  | 'hostile-variety'
  | 'no-agent'
  | 'tool'
  | 'crawler'
  | 'odd-paths'
  | 'mostly-refused'
  | 'no-assets'
  | 'too-fast'
  | 'many-agents'
  | 'many-logins'
  | 'many-accounts';

const person = (points: number, text: (detail: string) => string): Sign => ({
  speaksFor: 'person',
  points,
  text,
});
const program = (points: number, text: (detail: string) => string): Sign => ({
  speaksFor: 'program',
  points,
  text,
});

export const SIGNS: Readonly<Record<SignKey, Sign>> = {
  'signed-in': person(3, (n) => `used pages that only a logged-in user gets (${n} times)`),
  assets: person(2, (n) => `loaded style sheets, scripts and images as browsers do (${n})`),
  links: person(2, (n) => `followed the site's own links (${n} times)`),
  pauses: person(1, () => 'paused between pages as readers do'),
  'gets-pages': person(1, () => 'asked almost only for pages that exist'),
  cache: person(1, () => 'came back with a browser cache'),
  'few-logins': person(2, (n) => `mistyped a password for one account, ${n} failed logins in all`),
  hostile: program(3, (act) => act),
  'hostile-variety': program(2, (n) => `attacked in ${n} different ways`),
  'no-agent': program(2, () => 'does not say which browser it is'),
  tool: program(3, (agent) => `names itself as a tool ("${plain(agent).slice(0, 40)}")`),
  crawler: program(3, () => 'calls itself a crawler'),
  'odd-paths': program(2, (n) =>
    n === '64'
      ? 'asked for 64 or more different pages that are not there'
      : `asked for about ${n} different pages that are not there`,
  ),
  'mostly-refused': program(2, () => 'got mostly refusals'),
  'no-assets': program(2, (n) => `read ${n} pages without a single style sheet or image`),
  'too-fast': program(2, () => 'asked for pages faster than anyone reads'),
  'many-agents': program(2, () => 'kept changing the browser it claims to be'),
  'many-logins': program(3, (n) => `failed to log in ${n} times`),
  'many-accounts': program(3, (n) => `tried ${n} different accounts`),
};

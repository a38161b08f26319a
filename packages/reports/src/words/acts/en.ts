// What sources did, in English.

import { deedOf, many, put, type ActWords } from './words.ts';

/** What was done with accounts and with the site, by the signal that tells it. */
const DEEDS: Readonly<Record<string, (subjects: string) => string>> = {
  'role.granted': (subjects) => `gave an account more rights${put(' (the role ', subjects, ')')}`,
  'permission.changed': (subjects) => `gave a role more rights${put(' (the permission ', subjects, ')')}`,
  'account.changed': () => 'changed the account of somebody else',
  'account.deleted': () => 'deleted an account',
  'module.installed': (subjects) => `switched on the module${put(' ', subjects)}`,
  'module.removed': (subjects) => `took away the module${put(' ', subjects)}`,
  'config.changed': (subjects) => `changed an important setting${put(' (', subjects, ')')}`,
};

export const ENGLISH: ActWords = {
  locale: 'en-GB',
  units: {
    second: ['second', 'seconds'],
    minute: ['minute', 'minutes'],
    hour: ['hour', 'hours'],
    day: ['day', 'days'],
  },
  over: (span) => ` in ${span}`,
  withinASecond: ' within a second',
  suchAs: (examples) => `, such as ${examples}`,
  services: { mail: 'the mail server', mailbox: 'the mailbox server' },
  knownWeakness: 'a known weakness',
  weaknesses: (names, isOne) => `the weakness${isOne ? '' : 'es'} ${names}`,
  andOthers: (names) => `${names} and others`,
  accounts: (n) => ` for ${n} different accounts`,
  unknown: (f, label) =>
    `did what this scenario looks for${put(' ("', label, '")')}: ${many(f, 'one event', (n) => `${n} events`)}${f.over}`,
  source: {
    range: (value) => `The range ${value}`,
    country: (value) => `The country ${value}`,
    as: (value) => `The network ${value}`,
    user: (value) => `The account "${value}"`,
    session: (value) => `The session ${value}`,
  },
  several: (sources, last, act) => `${sources} sources, of which the last one, ${last}, ${act}`,
  acts: {
    weakness: (f) => `tried to use ${f.weakness}${many(f, '', (n) => `, ${n} times`)}${f.over}${f.examples}`,
    'login-limited': (f) => `failed to log in until the site itself refused more tries${f.over}`,
    'login-after-failures': (f) =>
      `was logged in to after ${f.count <= 2 ? 'a failed attempt' : `${f.nBefore} failed attempts`}${f.over}: the password may have been guessed`,
    registrations: (f) =>
      `made ${many(f, 'a new account', (n) => `${n} new accounts`)}${f.over}, as spammers do`,
    'rights-changed': (f) => `${deedOf(DEEDS, f, 'changed what accounts may do')}; look whether that was you`,
    'site-changed': (f) => `${deedOf(DEEDS, f, 'changed modules or settings')}; look whether that was you`,
    'admin-burst': (f) =>
      `sent ${many(f, 'a form', (n) => `${n} forms`)} of the backend${f.over}, faster than a person works`,
    'forbidden-pages': (f) =>
      `asked for ${many(f, 'a page', (n) => `${n} different pages`)} that visitors may not see${f.over}${f.examples}`,
    'missing-pages': (f) =>
      `asked for ${many(f, 'a page', (n) => `${n} different pages`)} that the site does not have${f.over}, as scanners do${f.examples}`,
    'broken-posts': (f) =>
      `sent ${many(f, 'a form', (n) => `${n} forms`)} that cannot come from a page of this site${f.over}, to see what it does with them${f.examples}`,
    'form-rejections': (f) =>
      `sent ${many(f, 'a form', (n) => `${n} forms`)}${f.over} that a program has filled in, not a person${f.examples}`,
    texts: (f) =>
      `sent ${many(f, 'a comment or message', (n) => `${n} comments or messages`)}${f.over}, more than a person writes`,
    'spam-judged': (f) => `wrote ${many(f, 'a text', (n) => `${n} texts`)} that a moderator called spam`,
    'files-refused': (f) =>
      `tried to upload ${many(f, 'a file', (n) => `${n} files`)} that the site does not take${put(' (', f.subjects, ')')}${f.over}`,
    'program-uploaded': (f) => `uploaded a file that can run as a program${put(' (', f.subjects, ')')}`,
    'card-testing': (f) =>
      `had ${many(f, 'a payment', (n) => `${n} payments`)} declined${f.over}, as happens when somebody tries stolen cards`,
    'order-burst': (f) =>
      `placed ${many(f, 'an order', (n) => `${n} orders`)}${f.over}, more than a buyer does`,
    'session-taken': () =>
      `went on with the session of somebody who had another browser in another network: the cookie may be stolen`,
    'uncached-pages': (f) =>
      `had the site build ${many(f, 'a page', (n) => `${n} different pages`)} afresh${f.over}, which wears it out${f.examples}`,
    errors: (f) =>
      `sent ${many(f, 'a request', (n) => `${n} requests`)} that the site wrote down as errors${f.over}${f.examples}`,
    'request-attack': (f) =>
      `sent ${many(f, 'an attack', (n) => `${n} different attacks`)} inside ${many(f, 'a request', () => 'requests')}${f.over}${f.examples}`,
    decoy: (f) =>
      `asked ${many(f, 'once', (n) => `${n} times`)}${f.over} for pages that this site does not have and that only attackers look for${f.examples}`,
    'sensitive-files': (f) =>
      `asked for ${many(f, 'a file that is', (n) => `${n} files that are`)} never meant for visitors${f.over}${f.examples}`,
    'path-traversal': (f) =>
      `tried ${many(f, 'once', (n) => `${n} times`)}${f.over} to read files outside the site's folder${f.examples}`,
    'sql-injection': (f) =>
      `put database commands into ${many(f, 'a request', (n) => `${n} requests`)}${f.over}${f.examples}`,
    'script-injection': (f) =>
      `put script code into ${many(f, 'a request', (n) => `${n} requests`)}${f.over}${f.examples}`,
    'back-doors': (f) =>
      `looked for ${many(f, 'a back door', (n) => `${n} back doors`)} that earlier intruders leave behind${f.over}${f.examples}`,
    'admin-pages': (f) =>
      `looked for ${many(f, 'a page', (n) => `${n} pages`)} of administration and of other software${f.over}${f.examples}`,
    'bad-agent': (f) =>
      `sent ${many(f, 'a request', (n) => `${n} requests`)} with a program known for attacks or mass scanning${put(' (', f.program, ')')}${f.over}`,
    'open-proxy': (f) =>
      `tried${many(f, '', (n) => ` ${n} times`)} to reach other sites through this one${f.over}`,
    'password-reset': (f) =>
      `asked ${many(f, 'once', (n) => `${n} times`)} for a new password${f.accounts}${f.over}, which tells attackers which accounts exist`,
    'user-enumeration': (f) =>
      `tried to find out which accounts exist${put(' in ', f.service)}, ${many(f, 'once', (n) => `${n} attempts`)}${f.over}${f.examples}`,
    spray: (f) =>
      `failed to log in${put(' to ', f.service)} ${many(f, 'once', (n) => `${n} times`)}${f.accounts}${f.over}`,
    login: (f) =>
      `failed to log in${put(' to ', f.service)} ${many(f, 'once', (n) => `${n} times`)}${f.accounts}${f.over}, as password guessers do`,
    probing: (f) =>
      `asked for ${many(f, 'a page', (n) => `${n} different pages`)} that ${f.count === 1 ? 'is' : 'are'} missing or forbidden${f.over}, as scanners do${f.examples}`,
    crawl: (f) =>
      `fetched ${many(f, 'a page', (n) => `${n} pages`)}${f.over}, faster than anyone reads${f.examples}`,
    flood: (f) =>
      `sent ${many(f, 'a request', (n) => `${n} requests`)}${f.over} of a kind that is meant to wear the server out${f.examples}`,
    spam: (f) => `sent ${many(f, 'a message', (n) => `${n} messages`)}${f.over} that look like spam`,
    fraud: (f) => `tried ${many(f, 'a payment', (n) => `${n} payments`)}${f.over}, as card thieves do`,
    travel: (f) =>
      `logged in${put(' to ', f.service)} from places that are too far apart for one traveller${f.accounts}${f.over}`,
    intrusion: (f) =>
      `did ${many(f, 'something', (n) => `${n} things`)} that intruders do once they are in${f.over}`,
    exploit: (f) =>
      `sent ${many(f, 'an attack', (n) => `${n} attacks`)}${put(' to ', f.service)}${f.over}${f.examples}`,
    scan: (f) =>
      `looked for weak spots with ${many(f, 'one request', (n) => `${n} requests`)}${f.over}${f.examples}`,
    audit: (f) =>
      `did ${many(f, 'something', (n) => `${n} things`)} that the scenario wants a person to look at${f.over}`,
  },
};

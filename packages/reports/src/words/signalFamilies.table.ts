// What the scenarios mean that read what applications tell (docs/signals.md).

import type { Family, FamilyFacts } from './families.table.ts';

/** `3 accounts`, or the words for one. */
const counted = (count: number, one: string, more: string): string =>
  count === 1 ? one : `${count.toLocaleString('en')} ${more}`;

/** What was done with accounts and with the site, by the signal that tells it. */
const DEEDS: Readonly<Record<string, (subjects: string) => string>> = {
  'role.granted': (subjects) =>
    `gave an account more rights${subjects === '' ? '' : ` (the role${subjects})`}`,
  'permission.changed': (subjects) =>
    `gave a role more rights${subjects === '' ? '' : ` (the permission${subjects})`}`,
  'account.changed': () => `changed the account of somebody else`,
  'account.deleted': () => `deleted an account`,
  'module.installed': (subjects) => `switched on the module${subjects}`,
  'module.removed': (subjects) => `took away the module${subjects}`,
  'config.changed': (subjects) =>
    `changed an important setting${subjects === '' ? '' : ` (${subjects.trim()})`}`,
};
const deed = ({ signal, subjects }: FamilyFacts, otherwise: string): string =>
  Object.hasOwn(DEEDS, signal) ? DEEDS[signal]!(subjects) : otherwise;

export const SIGNAL_FAMILIES: readonly Family[] = [
  {
    key: 'login-limited',
    title: 'Stopped by the site after too many logins',
    name: /^signal-login-limited$/,
    hostile: false,
    act: (f) => `failed to log in until the site itself refused more tries${f.over}`,
  },
  {
    key: 'login-after-failures',
    title: 'Logged in after many failures',
    name: /^signal-login-after-failures$/,
    hostile: false,
    act: (f) =>
      `was logged in to after ${counted(Math.max(1, f.count - 1), 'a failed attempt', 'failed attempts')}${f.over}: the password may have been guessed`,
  },
  {
    key: 'registrations',
    title: 'Many new accounts',
    name: /^signal-registrations$/,
    hostile: false,
    act: (f) => `made ${counted(f.count, 'a new account', 'new accounts')}${f.over}, as spammers do`,
  },
  {
    key: 'rights-changed',
    title: 'Accounts and rights were changed',
    name: /^signal-rights-changed$/,
    hostile: false,
    act: (f) => `${deed(f, 'changed what accounts may do')}; look whether that was you`,
  },
  {
    key: 'site-changed',
    title: 'Modules or settings were changed',
    name: /^signal-site-changed$/,
    hostile: false,
    act: (f) => `${deed(f, 'changed modules or settings')}; look whether that was you`,
  },
  {
    key: 'admin-burst',
    title: 'Much work in the backend',
    name: /^signal-admin-burst$/,
    hostile: false,
    act: (f) =>
      `sent ${counted(f.count, 'a form', 'forms')} of the backend${f.over}, faster than a person works`,
  },
  {
    key: 'forbidden-pages',
    title: 'Asking for forbidden pages',
    name: /^signal-forbidden-pages$/,
    hostile: false,
    act: (f) =>
      `asked for ${counted(f.count, 'a page', 'different pages')} that visitors may not see${f.over}${f.examples}`,
  },
  {
    key: 'missing-pages',
    title: 'Asking for missing pages',
    name: /^signal-missing-pages$/,
    hostile: false,
    act: (f) =>
      `asked for ${counted(f.count, 'a page', 'different pages')} that the site does not have${f.over}, as scanners do${f.examples}`,
  },
  {
    key: 'broken-posts',
    title: 'Forms made by hand',
    name: /^signal-broken-posts$/,
    hostile: true,
    act: (f) =>
      `sent ${counted(f.count, 'a form', 'forms')} that cannot come from a page of this site${f.over}, to see what it does with them${f.examples}`,
  },
  {
    key: 'form-rejections',
    title: 'Forms filled in by a program',
    name: /^signal-form-rejections$/,
    hostile: true,
    act: (f) =>
      `sent ${counted(f.count, 'a form', 'forms')}${f.over} that a program has filled in, not a person${f.examples}`,
  },
  {
    key: 'texts',
    title: 'Many texts',
    name: /^signal-texts$/,
    hostile: false,
    act: (f) =>
      `sent ${counted(f.count, 'a comment or message', 'comments or messages')}${f.over}, more than a person writes`,
  },
  {
    key: 'spam-judged',
    title: 'Spam, said a moderator',
    name: /^signal-spam-judged$/,
    hostile: true,
    act: (f) => `wrote ${counted(f.count, 'a text', 'texts')} that a moderator called spam`,
  },
  {
    key: 'files-refused',
    title: 'Files that the site refuses',
    name: /^signal-files-refused$/,
    hostile: false,
    act: (f) =>
      `tried to upload ${counted(f.count, 'a file', 'files')} that the site does not take${f.subjects === '' ? '' : ` (${f.subjects.trim()})`}${f.over}`,
  },
  {
    key: 'program-uploaded',
    title: 'A program was uploaded',
    name: /^signal-program-uploaded$/,
    hostile: true,
    act: (f) =>
      `uploaded a file that can run as a program${f.subjects === '' ? '' : ` (${f.subjects.trim()})`}`,
  },
  {
    key: 'card-testing',
    title: 'Trying stolen cards',
    name: /^signal-card-testing$/,
    hostile: true,
    act: (f) =>
      `had ${counted(f.count, 'a payment', 'payments')} declined${f.over}, as happens when somebody tries stolen cards`,
  },
  {
    key: 'order-burst',
    title: 'Many orders',
    name: /^signal-order-burst$/,
    hostile: false,
    act: (f) => `placed ${counted(f.count, 'an order', 'orders')}${f.over}, more than a buyer does`,
  },
  {
    key: 'session-taken',
    title: 'A session that may be stolen',
    name: /^signal-session-taken$/,
    hostile: true,
    act: () =>
      `went on with the session of somebody who had another browser in another network: the cookie may be stolen`,
  },
  {
    key: 'uncached-pages',
    title: 'Pages that cost much',
    name: /^signal-uncached-pages$/,
    hostile: false,
    act: (f) =>
      `had the site build ${counted(f.count, 'a page', 'different pages')} afresh${f.over}, which wears it out${f.examples}`,
  },
  {
    key: 'errors',
    title: 'Requests that make the site fail',
    name: /^signal-errors$/,
    hostile: false,
    act: (f) =>
      `sent ${counted(f.count, 'a request', 'requests')} that the site wrote down as errors${f.over}${f.examples}`,
  },
];

// What the scenarios mean that read what applications tell (docs/signals.md).

import type { Family } from './families.table.ts';

export const SIGNAL_FAMILIES: readonly Family[] = [
  {
    key: 'login-limited',
    title: 'Stopped by the site after too many logins',
    name: /^signal-login-limited$/,
    hostile: false,
  },
  {
    key: 'login-after-failures',
    title: 'Logged in after many failures',
    name: /^signal-login-after-failures$/,
    hostile: false,
  },
  {
    key: 'registrations',
    title: 'Many new accounts',
    name: /^signal-registrations$/,
    hostile: false,
  },
  {
    key: 'rights-changed',
    title: 'Accounts and rights were changed',
    name: /^signal-rights-changed$/,
    hostile: false,
  },
  {
    key: 'site-changed',
    title: 'Modules or settings were changed',
    name: /^signal-site-changed$/,
    hostile: false,
  },
  {
    key: 'admin-burst',
    title: 'Much work in the backend',
    name: /^signal-admin-burst$/,
    hostile: false,
  },
  {
    key: 'forbidden-pages',
    title: 'Asking for forbidden pages',
    name: /^signal-forbidden-pages$/,
    hostile: false,
  },
  {
    key: 'missing-pages',
    title: 'Asking for missing pages',
    name: /^signal-missing-pages$/,
    hostile: false,
  },
  {
    key: 'broken-posts',
    title: 'Forms made by hand',
    name: /^signal-broken-posts$/,
    hostile: true,
  },
  {
    key: 'form-rejections',
    title: 'Forms filled in by a program',
    name: /^signal-form-rejections$/,
    hostile: true,
  },
  {
    key: 'texts',
    title: 'Many texts',
    name: /^signal-texts$/,
    hostile: false,
  },
  {
    key: 'spam-judged',
    title: 'Spam, said a moderator',
    name: /^signal-spam-judged$/,
    hostile: true,
  },
  {
    key: 'files-refused',
    title: 'Files that the site refuses',
    name: /^signal-files-refused$/,
    hostile: false,
  },
  {
    key: 'program-uploaded',
    title: 'A program was uploaded',
    name: /^signal-program-uploaded$/,
    hostile: true,
  },
  {
    key: 'card-testing',
    title: 'Trying stolen cards',
    name: /^signal-card-testing$/,
    hostile: true,
  },
  {
    key: 'order-burst',
    title: 'Many orders',
    name: /^signal-order-burst$/,
    hostile: false,
  },
  {
    key: 'session-taken',
    title: 'A session that may be stolen',
    name: /^signal-session-taken$/,
    hostile: true,
  },
  {
    key: 'uncached-pages',
    title: 'Pages that cost much',
    name: /^signal-uncached-pages$/,
    hostile: false,
  },
  {
    key: 'errors',
    title: 'Requests that make the site fail',
    name: /^signal-errors$/,
    hostile: false,
  },
];

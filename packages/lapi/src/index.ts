// The door of the local API.

export { hashOfKey, newBouncerKey } from './auth/keys.ts';
export { Passwords } from './auth/passwords.ts';
export { createLapi, type Lapi } from './lapi.ts';
export type { CertificateRules, LapiOptions, Peer, Registration } from './options.ts';
export type { SentAlert } from './wire/alerts.ts';

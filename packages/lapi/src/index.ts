// The door of the local API.

export {
  APPSEC_CODES,
  createAppsec,
  type Appsec,
  type AppsecCase,
  type AppsecCodes,
  type AppsecCounts,
  type AppsecJudge,
  type AppsecOptions,
  type AppsecRemedy,
} from './appsec/appsec.ts';
export type { AskedRequest } from './appsec/asked.ts';
export { answerUnreadable } from './appsec/unreadable.ts';
export { Attempts } from './auth/attempts.ts';
export { hashOfKey, newBouncerKey } from './auth/keys.ts';
export { Passwords } from './auth/passwords.ts';
export { readBytes, RequestError } from './context.ts';
export { createLapi, type Lapi } from './lapi.ts';
export type { CertificateRules, LapiOptions, Peer, Registration } from './options.ts';
export { rehearseLapi } from './rehearsal.ts';
export type { SentAlert } from './wire/alerts.ts';

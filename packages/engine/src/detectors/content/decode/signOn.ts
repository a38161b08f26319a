// What an identity provider sends through the visitor's browser: an XML document, mostly in base64, in a field of a form.
// SAML 2.0 bindings, section 3.5; WS-Federation 1.2, section 13; the CAS protocol, section 2.3.3.

import { unwrapBase64 } from './armour.ts';

/** Nobody but the readers of these protocols looks into fields of these names. */
const FIELDS: ReadonlySet<string> = new Set(['SAMLResponse', 'SAMLRequest', 'wresult', 'logoutRequest']);
const DOCUMENT = /^\s{0,64}</;

/** Returns the document in a field of such a name; undefined for other fields, and where there is none. */
export function signOnDocument(name: string, value: string): string | undefined {
  if (!FIELDS.has(name)) return undefined;
  if (DOCUMENT.test(value)) return value;
  const text = unwrapBase64(value.replace(/\s/g, ''))?.text;
  return text !== undefined && DOCUMENT.test(text) ? text : undefined;
}

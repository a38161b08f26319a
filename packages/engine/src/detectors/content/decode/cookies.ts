// Cookies as PHP reads them: split at `;`, values percent-decoded without `+`, names left as they are. Session ids are
// withheld, and what is a plain token is not looked into: that is nearly every cookie of a browser. What others than the
// site have set for themselves is a token too, whatever is in it: rules see it, the model does not.

import type { Fields } from './fields.ts';
import { phpName } from './phpNames.ts';
import { HAS_UNUSUAL, traitsOf } from './traits.ts';
import { VENDOR_COOKIE } from './vendorCookies.table.ts';

const SESSION_NAME = /^S?SESS[0-9a-f]{32}$/;
// Drupal's session ids are base64 for addresses; those of other PHP software may have commas.
const SESSION_VALUE = /^(?:[A-Za-z0-9_,-]|%2C){20,256}$/;
/** Longer ones are looked into, whoever set them. */
const LONGEST_VENDORS = 4096;

/** Adds the cookies of one Cookie header. */
export function readCookies(fields: Fields, raw: string): void {
  let at = 0;
  let equals = -1;
  while (at < raw.length) {
    if (fields.collector.isFull()) {
      fields.collector.addRest('cookie', raw.slice(at));
      return;
    }
    let end = raw.indexOf(';', at);
    if (end < 0) end = raw.length;
    while (at < end && raw.charCodeAt(at) <= 0x20) at++;
    if (equals < at) {
      equals = raw.indexOf('=', at);
      if (equals < 0) equals = raw.length;
    }
    const nameEnd = Math.min(equals, end);
    if (nameEnd > at)
      readCookie(fields, fields.decoder.utf8(raw.slice(at, nameEnd)), raw.slice(nameEnd + 1, end));
    at = end + 1;
  }
}

function readCookie(fields: Fields, rawName: string, rawValue: string): void {
  const { collector, decoder } = fields;
  const name = phpName(rawName);
  collector.addName(name, rawName);
  if (rawValue === '') return;
  const isVendors = rawValue.length <= LONGEST_VENDORS && VENDOR_COOKIE.test(rawName);
  const isPlain = (traitsOf(rawValue) & HAS_UNUSUAL) === 0;
  if (rawName.includes('SESS') && SESSION_NAME.test(rawName) && SESSION_VALUE.test(rawValue)) {
    collector.addPlain('cookie', name, '', 'secret');
  } else if (isPlain && (rawValue.length < 10 || isVendors)) {
    collector.addPlain('cookie', name, rawValue, 'token');
  } else if (isVendors) {
    collector.addPlain('cookie', name, decoder.decode(rawValue, 0, rawValue.length, false), 'token');
  } else {
    const value = decoder.decode(rawValue, 0, rawValue.length, false);
    fields.add('cookie', name, value, decoder.isOverlong ? decoder.lenient() : undefined);
  }
}

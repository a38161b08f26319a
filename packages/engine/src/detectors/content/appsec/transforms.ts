// What a rule may do to a value before it compares: Coraza's transformations, under CrowdSec's names. Each takes
// bytes, one character each, and returns bytes; each is linear in the value.

import { isAscii, latin1, toBytes, toText, unescapeUrl } from './bytes.ts';
import { decodeCss, decodeJavaScript } from './escapes.ts';
import { decodeEntities } from './entities.ts';

export type Transform = (value: string) => string;

/**
 * What a text that is there after the change was before: the same but for its case, or with percent escapes, or at
 * least each step of a path; or anything.
 */
export type Reach = 'case' | 'percent' | 'path' | 'any';

export const TRANSFORMS: ReadonlyMap<string, { readonly change: Transform; readonly reach: Reach }> = new Map(
  Object.entries({
    lowercase: { change: lowerCase, reach: 'case' },
    uppercase: { change: upperCase, reach: 'case' },
    length: { change: (value) => String(value.length), reach: 'any' },
    trim: { change: (value) => trim(value, true, true), reach: 'case' },
    trim_left: { change: (value) => trim(value, true, false), reach: 'case' },
    trim_right: { change: (value) => trim(value, false, true), reach: 'case' },
    htmlentitydecode: { change: decodeEntities, reach: 'any' },
    html_entity_decode: { change: decodeEntities, reach: 'any' },
    js_decode: { change: decodeJavaScript, reach: 'any' },
    css_decode: { change: decodeCss, reach: 'any' },
    urldecode: { change: (value) => unescapeUrl(value, true), reach: 'percent' },
    hexdecode: { change: decodeHex, reach: 'any' },
    cmdline: { change: commandLine, reach: 'any' },
    b64decode: { change: (value) => decodeBase64(value, false), reach: 'any' },
    b64decode_lenient: { change: (value) => decodeBase64(value, true), reach: 'any' },
    b64encode: { change: (value) => Buffer.from(value, 'latin1').toString('base64'), reach: 'any' },
    normalize_path: { change: normalisePath, reach: 'path' },
    normalizepath: { change: normalisePath, reach: 'path' },
    normalize_path_win: { change: normaliseWindowsPath, reach: 'path' },
    normalizepathwin: { change: normaliseWindowsPath, reach: 'path' },
    remove_whitespaces: { change: removeSpace, reach: 'any' },
    compress_whitespaces: { change: compressSpace, reach: 'any' },
    remove_nulls: { change: (value) => value.replaceAll('\0', ''), reach: 'any' },
    replace_nulls: { change: (value) => value.replaceAll('\0', ' '), reach: 'any' },
    remove_comments: { change: removeComments, reach: 'any' },
    replace_comments: { change: replaceComments, reach: 'any' },
  } satisfies Record<string, { change: Transform; reach: Reach }>),
);

function lowerCase(value: string): string {
  return isAscii(value) ? value.toLowerCase() : toBytes(toText(value).toLowerCase());
}

function upperCase(value: string): string {
  return isAscii(value) ? value.toUpperCase() : toBytes(toText(value).toUpperCase());
}

/** Blank, tab, line feed, carriage return, form feed and vertical tab. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function trim(value: string, left: boolean, right: boolean): string {
  let start = 0;
  let end = value.length;
  if (left) while (start < end && isSpace(value.charCodeAt(start))) start++;
  if (right) while (end > start && isSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** Pairs of digits and nothing else; any other value stays as it is. */
function decodeHex(value: string): string {
  if (value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) return value;
  return Buffer.from(value, 'hex').toString('latin1');
}

/**
 * Reads until the first character that is no base64, with or without padding. Line ends are passed over, and by
 * the lenient reading blanks and dots too.
 */
function decodeBase64(value: string, isLenient: boolean): string {
  const bytes = new Uint8Array(((value.length * 3) >> 2) + 3);
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 0x0d || code === 0x0a) continue;
    if (isLenient && (code === 0x2e || isSpace(code) || code === 0x85 || code === 0xa0)) continue;
    const digit = base64Value(code);
    if (digit < 0) break;
    bits = ((bits << 6) | digit) & 0xffffff;
    if (++held === 4) {
      bytes[length++] = bits >> 16;
      bytes[length++] = bits >> 8;
      bytes[length++] = bits;
      held = 0;
      bits = 0;
    }
  }
  if (held === 2) {
    bytes[length++] = bits >> 4;
  } else if (held === 3) {
    bytes[length++] = bits >> 10;
    bytes[length++] = bits >> 2;
  }
  return latin1(bytes.subarray(0, length));
}

function base64Value(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x47;
  if (code >= 0x30 && code <= 0x39) return code + 4;
  if (code === 0x2b) return 62;
  return code === 0x2f ? 63 : -1;
}

/** What a shell passes over is taken out, and what separates its words becomes one blank. */
function commandLine(value: string): string {
  let out = '';
  let isBlank = false;
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!;
    switch (character) {
      case '"':
      case "'":
      case '\\':
      case '^':
        break;
      case ' ':
      case ',':
      case ';':
      case '\t':
      case '\r':
      case '\n':
        if (!isBlank) out += ' ';
        isBlank = true;
        break;
      case '/':
      case '(':
        if (isBlank) out = out.slice(0, -1);
        isBlank = false;
        out += character;
        break;
      default: {
        const code = character.charCodeAt(0);
        out += code >= 0x41 && code <= 0x5a ? String.fromCharCode(code + 32) : character;
        isBlank = false;
      }
    }
  }
  return out;
}

/** As Go's `path.Clean`, but what comes to nothing is empty and a slash at the end stays. */
function normalisePath(value: string): string {
  if (value === '') return value;
  const isRooted = value.startsWith('/');
  const steps: string[] = [];
  let climbs = 0;
  for (const step of value.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.length > climbs) steps.pop();
    else if (!isRooted) {
      steps.push(step);
      climbs++;
    }
  }
  const clean = (isRooted ? '/' : '') + steps.join('/');
  if (clean === '') return '';
  return value.endsWith('/') ? `${clean}/` : clean;
}

function normaliseWindowsPath(value: string): string {
  return normalisePath(value.replaceAll('\\', '/'));
}

function removeSpace(value: string): string {
  if (isAscii(value)) return value.replace(/[\t-\r ]/g, '');
  return toBytes(
    toText(value).replace(/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g, ''),
  );
}

function compressSpace(value: string): string {
  return value.replace(/[\t-\r \x85\xa0]+/g, ' ');
}

/** Takes out C and HTML comments, and all behind `--` or `#`; a comment without an end becomes a blank. */
function removeComments(value: string): string {
  let out = '';
  let i = 0;
  while (i < value.length) {
    if (value.startsWith('/*', i)) i += 2;
    else if (value.startsWith('<!--', i)) i += 4;
    else {
      if (value.startsWith('--', i) || value[i] === '#') return out;
      out += value[i++]!;
      continue;
    }
    const first = value.indexOf('*/', i);
    const second = value.indexOf('-->', i);
    if (first < 0 && second < 0) return `${out} `;
    const isFirst = second < 0 || (first >= 0 && first < second);
    i = isFirst ? first + 2 : second + 3;
    // Whatever stands behind the end is taken as it is, even if it would begin another comment.
    if (i < value.length) out += value[i]!;
    else if (i === value.length) out += '\0';
    i++;
  }
  return out;
}

/** A C comment becomes a blank. */
function replaceComments(value: string): string {
  let out = '';
  let from = 0;
  for (;;) {
    const start = value.indexOf('/*', from);
    if (start < 0) return from === 0 ? value : out + value.slice(from);
    out += `${value.slice(from, start)} `;
    const end = value.indexOf('*/', start + 2);
    if (end < 0) return out;
    from = end + 2;
  }
}

// Character sets of bodies. Letters in UTF-16 are undone; sets in which ASCII characters stand for others (UTF-7,
// EBCDIC, shifted ones) are no honest choice for a site and are refused.

import type { Collector } from './collector.ts';

const FAMILIAR =
  /^(?:utf-?8(?:mb4)?|us-ascii|ascii|iso-?8859-\d{1,2}|windows-125\d|latin1|koi8-r|gb2312|gbk|gb18030|big5|euc-(?:jp|kr))$/;
const UTF16 = /^utf-?16(?:le|be)?$/;

/** The body as bytes of one of the usual sets: UTF-16, by its parameter or its mark, becomes UTF-8. */
export function decodeCharset(collector: Collector, bytes: Buffer, contentType: string): Buffer {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const charset = charsetOf(contentType);
  if (charset !== '' && !FAMILIAR.test(charset))
    collector.note('charset', 'header', 'content-type', 'refuse');
  if (mark === 0xfffe) return Buffer.from(fromUtf16(bytes.subarray(2), false));
  if (mark === 0xfeff) return Buffer.from(fromUtf16(bytes.subarray(2), true));
  if (!UTF16.test(charset)) return bytes;
  // Without a mark the set is big-endian by RFC 2781, but most that send it are not: the zeros tell.
  const isBig = charset.endsWith('be') || (!charset.endsWith('le') && bytes[0] === 0);
  return Buffer.from(fromUtf16(bytes, isBig));
}

/** Whether an XML text declares a set in which ASCII characters stand for others. */
export function hasOddDeclaration(head: string): boolean {
  const declared = /^\s*<\?xml\s[^>]{0,200}?encoding\s{0,8}=\s{0,8}["']([^"']{1,40})["']/i.exec(head)?.[1];
  return declared !== undefined && !FAMILIAR.test(declared.toLowerCase());
}

function charsetOf(contentType: string): string {
  const at = contentType.toLowerCase().indexOf('charset=');
  if (at < 0) return '';
  const value = /^["']?([^"';\s,]{0,40})/.exec(contentType.slice(at + 8));
  return (value?.[1] ?? '').toLowerCase();
}

/** Text of two bytes a character. */
export function fromUtf16(bytes: Buffer, isBig: boolean): string {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return (isBig ? Buffer.from(even).swap16() : even).toString('utf16le');
}

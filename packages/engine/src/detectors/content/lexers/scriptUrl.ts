// Addresses that run: `javascript:`, `vbscript:` and `data:` with a document in it, as a browser reads them, which
// skips blanks and controls inside the scheme and resolves entities before it looks.

/** What an address would do: run as a script, open a document made of itself, or nothing. */
export type UrlDanger = 'script' | 'document' | undefined;

/** What the address that stands from `start` to `end` would do in a browser. */
export function urlDanger(text: string, start: number, end: number): UrlDanger {
  let at = start;
  while (at < end && text.charCodeAt(at) <= 32) at += 1;
  // Nearly every address begins like these, and is not worth reading again.
  const first = text.charCodeAt(at) | 32;
  if (first === 104 || first === 47 || at >= end) return undefined;
  return dangerOf(plainStart(text, start, end));
}

function dangerOf(plain: string): UrlDanger {
  let url = plain;
  while (/^(?:feed|view-source|jar|mhtml|url\(|["'])/.test(url))
    url = url.replace(/^(?:feed:?|view-source:?|jar:?|mhtml:?|url\(|["'])/, '');
  if (/^(?:javascript|vbscript|livescript|mocha|jscript|vbs|javascrpt|wscript):/.test(url)) return 'script';
  if (!url.startsWith('data:')) return undefined;
  if (
    /^data:(?:text\/(?:html|xml|javascript|ecmascript|xsl|vbscript|x-|css)|image\/svg|application\/(?:x?html|xml|javascript|x-|ecma|octet))/.test(
      url,
    )
  )
    return 'document';
  return /^data:[^/]{0,12}[,;]/.test(url) ? 'document' : undefined;
}

const PLAIN_CHARS = 48;

/** The first characters of an address in lower case, as a browser reads them: entities resolved, blanks dropped. */
function plainStart(text: string, start: number, end: number): string {
  let plain = '';
  let at = start;
  const last = Math.min(end, start + 400);
  while (at < last && plain.length < PLAIN_CHARS) {
    const code = text.charCodeAt(at);
    if (code === 38) {
      const entity = readEntity(text, at, last);
      at = entity.end;
      if (entity.code > 32) plain += String.fromCodePoint(entity.code).toLowerCase();
    } else if (code === 92 && isEscape(text, at)) {
      plain += String.fromCharCode(
        Number.parseInt(text.slice(at + 2, at + (text.charCodeAt(at + 1) === 117 ? 6 : 4)), 16),
      ).toLowerCase();
      at += text.charCodeAt(at + 1) === 117 ? 6 : 4;
    } else {
      if (code > 32 && code !== 127 && code !== 0xa0 && code !== 0xfeff && code !== 0xad)
        plain += text.charAt(at).toLowerCase();
      at += 1;
    }
  }
  return plain;
}

function isEscape(text: string, at: number): boolean {
  const kind = text.charCodeAt(at + 1);
  const size = kind === 117 ? 4 : kind === 120 ? 2 : 0;
  return size > 0 && /^[0-9a-f]+$/i.test(text.slice(at + 2, at + 2 + size)) && at + 2 + size <= text.length;
}

const NAMED: Readonly<Record<string, number>> = {
  tab: 9,
  newline: 10,
  colon: 58,
  lpar: 40,
  rpar: 41,
  nbsp: 32,
  sol: 47,
  bsol: 92,
  quot: 34,
  apos: 39,
  amp: 38,
  lt: 60,
  gt: 62,
  semi: 59,
  period: 46,
  comma: 44,
  num: 35,
  zerowidthspace: 32,
  shy: 32,
};

/** The character that an entity stands for and where it ends; `&` itself when it is none. */
function readEntity(text: string, start: number, last: number): { code: number; end: number } {
  const match = /^&(?:#(x?)([0-9a-f]{1,12});?|([a-z]{2,14});?)/i.exec(
    text.slice(start, Math.min(last, start + 20)),
  );
  if (match === null) return { code: 38, end: start + 1 };
  const [whole, hex, digits, name] = match;
  if (digits === undefined)
    return {
      code: NAMED[(name ?? '').toLowerCase()] ?? 38,
      end: NAMED[(name ?? '').toLowerCase()] === undefined ? start + 1 : start + whole.length,
    };
  const decimal = hex === '' ? /^\d+/.exec(digits)?.[0] : digits;
  if (decimal === undefined) return { code: 38, end: start + 1 };
  const code = Number.parseInt(decimal, hex === '' ? 10 : 16);
  const isWhole = decimal.length === digits.length;
  return {
    code: code <= 0x10ffff ? code : 32,
    end: isWhole ? start + whole.length : start + 2 + decimal.length,
  };
}

/** Where the scheme of a script begins that ends with the colon at a position; -1 when it is none. Blanks in it count not. */
export function schemeBefore(text: string, colon: number): number {
  const last = text.charCodeAt(colon - 1) | 32;
  if (colon < 4 || (last !== 116 && text.charCodeAt(colon - 1) > 32)) return -1;
  for (const scheme of ['javascript', 'vbscript', 'livescript', 'jscript']) {
    let at = colon - 1;
    let index = scheme.length - 1;
    const floor = Math.max(0, colon - 40);
    while (at >= floor && index >= 0) {
      const code = text.charCodeAt(at);
      if ((code | 32) === scheme.charCodeAt(index) && code > 32) index -= 1;
      else if (code > 32) break;
      at -= 1;
    }
    if (index < 0) {
      const before = text.charCodeAt(at) | 32;
      if (at >= floor && before >= 97 && before <= 122) continue;
      return at + 1;
    }
  }
  return -1;
}

// The headers of one part of a multipart body, as PHP reads them (main/rfc1867.c: multipart_buffer_headers,
// php_ap_getword, php_ap_getword_conf): the first Content-Disposition counts, quotes are `"` or `'`, a backslash
// escapes itself and the quote, `filename*` is not known, a NUL ends the line.

export interface PartHeader {
  readonly hasDisposition: boolean;
  /** Undefined when the part has no name that PHP sees. */
  readonly name: string | undefined;
  /** As sent, folders and all; undefined when the part is no file. */
  readonly fileName: string | undefined;
  /** RFC 5987's other name of the file, which PHP does not read but others prefer. */
  readonly otherFileName: string | undefined;
  /** What other readers see differently, as codes. */
  readonly oddities: readonly string[];
}

/** Reads the header lines, without the empty one that ends them. */
export function readPartHeader(lines: readonly string[]): PartHeader {
  const oddities: string[] = [];
  const dispositions: string[] = [];
  for (const { name, value } of joined(lines, oddities)) {
    if (name === 'content-disposition') dispositions.push(value);
    else if (name === 'content-transfer-encoding' && !/^(?:7bit|8bit|binary)$/i.test(value)) {
      oddities.push('multipart-transfer-encoding');
    } else if (/^content-disposition\s/.test(name)) oddities.push('multipart-odd-header');
  }
  if (dispositions.length > 1) oddities.push('multipart-header-twice');
  const disposition = dispositions[0];
  if (disposition === undefined) {
    oddities.push('multipart-no-disposition');
    return {
      hasDisposition: false,
      name: undefined,
      fileName: undefined,
      otherFileName: undefined,
      oddities,
    };
  }
  return readDisposition(disposition, oddities);
}

// Lines without a colon, or with a blank in front, belong to the line before.
function joined(lines: readonly string[], oddities: string[]): { name: string; value: string }[] {
  const headers: { name: string; value: string }[] = [];
  for (const rawLine of lines) {
    const nul = rawLine.indexOf('\0');
    if (nul >= 0) oddities.push('multipart-nul');
    const line = nul < 0 ? rawLine : rawLine.slice(0, nul);
    const colon = isSpace(line.charCodeAt(0)) ? -1 : line.indexOf(':');
    const last = headers.at(-1);
    if (colon >= 0)
      headers.push({ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trimStart() });
    else if (last !== undefined) {
      oddities.push('multipart-folded-header');
      last.value += line;
    }
  }
  return headers;
}

function readDisposition(disposition: string, oddities: string[]): PartHeader {
  let name: string | undefined;
  let fileName: string | undefined;
  let otherFileName: string | undefined;
  const words = new WordReader(disposition);
  while (!words.isAtEnd()) {
    const pair = words.next(0x3b);
    words.skipSpace();
    if (!pair.includes('=')) continue;
    const inner = new WordReader(pair);
    const key = inner.next(0x3d);
    const value = inner.rest();
    const lowerKey = key.toLowerCase();
    if (lowerKey === 'name' || lowerKey === 'filename') {
      if (isOddlyQuoted(value)) oddities.push('multipart-odd-quotes');
      if ((lowerKey === 'name' ? name : fileName) !== undefined) oddities.push('multipart-parameter-twice');
      if (lowerKey === 'name') name = unquoted(value);
      else fileName = unquoted(value);
    } else if (/^\s*(?:file)?name\s*\*?/.test(lowerKey)) {
      oddities.push(lowerKey === 'filename*' ? 'multipart-filename-star' : 'multipart-odd-parameter');
      otherFileName = extended(unquoted(value));
    }
  }
  return { hasDisposition: true, name, fileName, otherFileName, oddities };
}

class WordReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.skipSpace();
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }

  /** The text up to the stop outside quotes; the stops after it are skipped. */
  next(stop: number): string {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length && text.charCodeAt(at) !== stop) {
      const quote = text.charCodeAt(at);
      at++;
      if (quote === 0x22 || quote === 0x27) at = behindQuote(text, quote === 0x22 ? '"' : "'", at);
    }
    const word = text.slice(this.#at, at);
    while (text.charCodeAt(at) === stop) at++;
    this.#at = at;
    return word;
  }
}

/** Where a quoted text that begins at `start` has ended; a quote behind a backslash does not end it. */
function behindQuote(text: string, quote: string, start: number): number {
  let end = text.indexOf(quote, start);
  while (end > start && text.charCodeAt(end - 1) === 0x5c) end = text.indexOf(quote, end + 1);
  return end < 0 ? text.length : end + 1;
}

function unquoted(value: string): string {
  let start = 0;
  while (isSpace(value.charCodeAt(start))) start++;
  const quote = value.charCodeAt(start);
  const isQuoted = quote === 0x22 || quote === 0x27;
  if (isQuoted) start++;
  if (isQuoted && !value.includes('\\')) {
    const end = value.indexOf(quote === 0x22 ? '"' : "'", start);
    return value.slice(start, end < 0 ? value.length : end);
  }
  let out = '';
  let copied = start;
  let at = start;
  for (; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (isQuoted ? code === quote : isSpace(code)) break;
    const next = value.charCodeAt(at + 1);
    if (code !== 0x5c || !(next === 0x5c || (isQuoted && next === quote))) continue;
    out += value.slice(copied, at);
    copied = ++at;
  }
  return out + value.slice(copied, at);
}

// Browsers write `"…"` with `%22` for a quote inside, and nothing after it.
function isOddlyQuoted(value: string): boolean {
  const end = value.trimEnd();
  if (end.charCodeAt(0) !== 0x22) return true;
  const close = end.indexOf('"', 1);
  return close !== end.length - 1 || close < 1;
}

// RFC 5987: charset'language'percent-encoded. Shown as text of one character a byte.
function extended(value: string): string {
  const text = /^[^']{0,32}'[^']{0,32}'(.*)$/s.exec(value)?.[1] ?? value;
  return text.replace(/%([0-9a-f]{2})/gi, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}

// A text read as a browser reads markup, which forgives nearly everything: tags without end, attributes without blanks
// between them, NUL and line ends inside names. Each tag is judged by what it and its attributes can do.

import { readDeclaration, readInstruction, scriptStrength } from './htmlDeclarations.ts';
import { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
import {
  TAG_KINDS,
  URL_NAMES,
  ACTIVE_NAMES,
  EVENT_NAMES,
  hidesTag,
  ODD_TAGS,
  SCRIPT_TAG,
  ACTIVE_TAG,
  FRAME_TAG,
  isBlank,
  isLetter,
  isNoScript,
  startsWithWord,
  isHandlerName,
  lettersEnd,
  hasScriptSigns,
  isActiveStyle,
} from './htmlNames.ts';
import { ACTIVE_PREFIXES, FRAME_HOSTS } from './htmlWords.table.ts';
import { urlDanger } from './scriptUrl.ts';

/** What of a page is misused. */
export type ScriptConstruct =
  | 'script-tag'
  | 'handler'
  | 'script-url'
  | 'style'
  | 'active-tag'
  | 'frame'
  | 'attribute'
  | 'server-include'
  | 'entity'
  | 'expression'
  | 'javascript'
  | 'markup';

export interface ScriptFinding extends LexicalFinding {
  readonly construct: ScriptConstruct;
  /** Whether it runs, loads or changes something; otherwise it is what editors write: formatting, links, players. */
  readonly isActive: boolean;
}

const ORDER: Readonly<Record<Strength, number>> = { weak: 0, likely: 1, sure: 2 };

export class TagSearch {
  best: ScriptFinding | undefined;
  readonly text: string;
  readonly length: number;
  #tag = '';

  constructor(text: string) {
    this.text = text;
    this.length = Math.min(text.length, MAX_LEXED_CHARS);
  }

  get isSure(): boolean {
    return this.best?.strength === 'sure';
  }

  /** Every `<` that begins a tag, a comment or a declaration. */
  readTags(): void {
    const text = this.text;
    let at = text.indexOf('<');
    while (at !== -1 && at < this.length && !this.isSure) {
      let next = at + 1;
      while (
        next < at + 6 &&
        text.charCodeAt(next) < 32 &&
        text.charCodeAt(next) !== 10 &&
        text.charCodeAt(next) !== 13
      )
        next += 1;
      const code = text.charCodeAt(next);
      let end = at + 1;
      if (isLetter(code)) end = this.#readTag(at, next);
      else if (code === 47) this.#readClosing(at, next + 1);
      else if (code === 33) readDeclaration(this, at);
      else if (code === 63) readInstruction(this, at);
      at = text.indexOf('<', end);
    }
  }

  add(
    construct: ScriptConstruct,
    what: string,
    strength: Strength,
    start: number,
    end: number,
    isActive: boolean,
  ): void {
    if (
      this.best !== undefined &&
      ORDER[strength] <= ORDER[this.best.strength] &&
      (this.best.isActive || !isActive)
    )
      return;
    this.best = {
      class: construct === 'server-include' ? 'rce' : construct === 'entity' ? 'xxe' : 'xss',
      what,
      strength,
      start,
      end: Math.min(end, this.text.length),
      construct,
      isActive,
    };
  }

  /** A tag from its `<`; returns where to look for the next. */
  #readTag(open: number, nameStart: number): number {
    const text = this.text;
    let nameEnd = nameStart;
    let local = nameStart;
    while (nameEnd < this.length && nameEnd < nameStart + 60) {
      const code = text.charCodeAt(nameEnd);
      if (
        isBlank(code) ||
        code === 47 ||
        code === 62 ||
        code === 60 ||
        code === 34 ||
        code === 39 ||
        code === 61
      )
        break;
      if (code === 58) local = nameEnd + 1;
      nameEnd += 1;
    }
    let kind = TAG_KINDS.find(text, local, nameEnd);
    if (kind === -1 && startsWithWord(text, local, 'script')) kind = SCRIPT_TAG;
    this.#tag = text.slice(local, nameEnd).toLowerCase();
    if (kind === SCRIPT_TAG) {
      this.add('script-tag', 'opens a script', scriptStrength(this.text, open, nameEnd), open, nameEnd, true);
      return nameEnd;
    }
    if (kind !== -1 || local > nameStart || this.#tag === 'xss' ? ODD_TAGS.has(this.#tag) : false)
      this.add(
        'active-tag',
        `puts <${this.#tag}> into the page, which loads or changes things`,
        'likely',
        open,
        nameEnd,
        true,
      );
    if (this.#tag === 'style') this.#readStyle(open, nameEnd);
    if (this.#tag === 'include' && local > nameStart)
      this.add('entity', 'makes the server read a file or an address into XML', 'sure', open, nameEnd, true);
    // A frame and what loads are judged by their attributes; without any they are odd at most.
    if (kind === ACTIVE_TAG)
      this.add(
        'active-tag',
        `puts <${this.#tag}> into the page, which loads or changes things`,
        'weak',
        open,
        nameEnd,
        true,
      );
    else this.add('markup', 'has HTML in it', 'weak', open, nameEnd, false);
    return this.#readAttributes(open, nameEnd, kind);
  }

  /** What stands between `<style>` and its end. */
  #readStyle(open: number, nameEnd: number): void {
    const text = this.text;
    const inside = text.slice(nameEnd, nameEnd + 2000).toLowerCase();
    if (/^[^>]*text\/javascript|expression\s*\(|javascript:|-moz-binding|behaviou?r\s*:\s*url/.test(inside))
      this.add('style', 'puts a script into a style', 'sure', open, nameEnd, true);
    else if (/@import/.test(inside))
      this.add('style', 'loads a style from elsewhere', 'likely', open, nameEnd, true);
  }

  #readAttributes(open: number, start: number, kind: number): number {
    const text = this.text;
    const last = Math.min(this.length, start + 4096);
    let at = start;
    while (at < last) {
      const code = text.charCodeAt(at);
      if (code === 62) return at + 1;
      if (code === 60 && isLetter(text.charCodeAt(at + 1)) && at > start) return at;
      if (isBlank(code) || code === 47 || code === 34 || code === 39 || code === 96) {
        at += 1;
        continue;
      }
      const nameStart = at;
      at += 1;
      while (at < last) {
        const next = text.charCodeAt(at);
        if (isBlank(next) || next === 61 || next === 62 || next === 47) break;
        at += 1;
      }
      const nameEnd = at;
      let equals = at;
      while (equals < last && isBlank(text.charCodeAt(equals))) equals += 1;
      if (text.charCodeAt(equals) !== 61) {
        this.#judgeAttribute(open, nameStart, nameEnd, -1, -1, kind);
        continue;
      }
      let valueStart = equals + 1;
      while (valueStart < last && isBlank(text.charCodeAt(valueStart))) valueStart += 1;
      const quote = text.charCodeAt(valueStart);
      let valueEnd = valueStart;
      if (quote === 34 || quote === 39 || quote === 96) {
        const close = text.indexOf(text.charAt(valueStart), valueStart + 1);
        valueStart += 1;
        valueEnd = close === -1 || close > last ? last : close;
        at = valueEnd + 1;
      } else {
        while (valueEnd < last && !isBlank(text.charCodeAt(valueEnd)) && text.charCodeAt(valueEnd) !== 62)
          valueEnd += 1;
        at = valueEnd;
      }
      this.#judgeAttribute(open, nameStart, nameEnd, valueStart, valueEnd, kind);
      if (this.isSure) return at;
    }
    return at;
  }

  #judgeAttribute(
    open: number,
    start: number,
    end: number,
    valueStart: number,
    valueEnd: number,
    kind: number,
  ): void {
    const text = this.text;
    const hasValue = valueStart !== -1;
    if (isHandlerName(text, start, end)) {
      if (!hasValue) return;
      const isKnown = EVENT_NAMES.find(text, start, lettersEnd(text, start, end)) !== -1;
      const isPlain =
        valueEnd - valueStart < 30 &&
        /^\s*(?:return (?:false|true)|window\.print\(\)|this\.blur\(\))?;?\s*$/.test(
          text.slice(valueStart, valueEnd),
        );
      const strength =
        isPlain && valueEnd > valueStart
          ? 'weak'
          : isKnown || hasScriptSigns(text, valueStart, valueEnd)
            ? 'sure'
            : 'likely';
      this.add(
        'handler',
        'runs a script when something happens to an element',
        strength,
        open,
        valueEnd,
        true,
      );
      return;
    }
    const colon = text.indexOf(':', start);
    const local = colon !== -1 && colon < end ? colon + 1 : start;
    if (!hasValue) return;
    if (hidesTag(text, valueStart, Math.min(valueEnd, valueStart + 300))) {
      this.add('attribute', 'hides a tag inside an attribute', 'likely', open, valueEnd, true);
    }
    if (URL_NAMES.find(text, local, end) !== -1 || URL_NAMES.find(text, start, end) !== -1)
      this.#judgeUrl(open, start, end, valueStart, valueEnd, kind);
    if (this.isSure) return;
    if (
      ACTIVE_NAMES.find(text, start, end) !== -1 ||
      ACTIVE_PREFIXES.some((prefix) => text.startsWith(prefix, start))
    )
      this.#judgeActive(open, start, end, valueStart, valueEnd);
    else if (startsWithWord(text, start, 'http-equiv')) {
      const value = text.slice(valueStart, valueEnd).toLowerCase();
      if (value.includes('refresh'))
        this.add('active-tag', 'sends the visitor to another page', 'likely', open, valueEnd, true);
      else if (value.includes('cookie') || value.includes('link') || value.includes('content-type'))
        this.add('active-tag', 'changes how the page is read', 'likely', open, valueEnd, true);
    }
  }

  #judgeUrl(
    open: number,
    start: number,
    end: number,
    valueStart: number,
    valueEnd: number,
    kind: number,
  ): void {
    const text = this.text;
    if (startsWithWord(text, start, 'style')) {
      if (isActiveStyle(text, valueStart, valueEnd))
        this.add('style', 'puts a script into a style', 'sure', open, valueEnd, true);
      return;
    }
    const danger = urlDanger(text, valueStart, valueEnd);
    if (danger === 'script')
      this.add(
        'script-url',
        'has an address that runs as a script',
        isNoScript(text, valueStart, valueEnd) ? 'weak' : 'sure',
        open,
        valueEnd,
        true,
      );
    else if (danger === 'document') {
      const isPicture =
        this.#tag === 'img' && /^\s*data:image/i.test(text.slice(valueStart, valueStart + 16));
      this.add(
        'script-url',
        'opens a document made of its own address',
        isPicture ? 'weak' : 'sure',
        open,
        valueEnd,
        !isPicture,
      );
    } else if (kind === FRAME_TAG && startsWithWord(text, start, 'src'))
      this.#judgeFrame(open, valueStart, valueEnd);
    else if (kind === ACTIVE_TAG && this.#tag !== 'use' && end > start) {
      const isMeta = this.#tag === 'meta';
      const isUrl = isMeta
        ? /url\s*=/i.test(text.slice(valueStart, Math.min(valueEnd, valueStart + 60)))
        : true;
      if (isUrl)
        this.add('active-tag', `loads or changes things with <${this.#tag}>`, 'likely', open, valueEnd, true);
    }
  }

  #judgeFrame(open: number, valueStart: number, valueEnd: number): void {
    const value = this.text
      .slice(valueStart, Math.min(valueEnd, valueStart + 200))
      .trim()
      .toLowerCase();
    const host = /^(?:https?:)?\/\/([^/?#:]+)/.exec(value)?.[1] ?? '';
    const isPlayer = FRAME_HOSTS.some((known) => host === known || host.endsWith(`.${known}`));
    if (isPlayer || (host === '' && value.startsWith('/')))
      this.add('frame', 'shows a player or a map', 'weak', open, valueEnd, false);
    else if (host !== '' || value.length > 0)
      this.add(
        'frame',
        'shows another site inside the page',
        host === '' ? 'weak' : 'likely',
        open,
        valueEnd,
        true,
      );
  }

  #judgeActive(open: number, start: number, end: number, valueStart: number, valueEnd: number): void {
    const name = this.text.slice(start, end).toLowerCase();
    const value = this.text.slice(valueStart, Math.min(valueEnd, valueStart + 300)).toLowerCase();
    if (name === 'srcdoc') {
      this.add(
        'frame',
        'writes a page of its own into a frame',
        /<|&lt|&#/.test(value) ? 'sure' : 'likely',
        open,
        valueEnd,
        true,
      );
    } else if (name === 'attributename') {
      if (/href|^on|src|style/.test(value))
        this.add(
          'attribute',
          'changes an address or a handler by an animation',
          'sure',
          open,
          valueEnd,
          true,
        );
    } else if (name !== 'formaction') {
      const runs = /[(=`]|constructor/.test(value) && !name.startsWith('data');
      this.add(
        'attribute',
        'gives the page’s own scripts something to run',
        runs ? 'sure' : 'likely',
        open,
        valueEnd,
        true,
      );
    }
  }

  /** `</script>` and its kind: closes what the site has opened. */
  #readClosing(open: number, nameStart: number): void {
    const text = this.text;
    if (startsWithWord(text, nameStart, 'script'))
      this.add('script-tag', 'closes the page’s script', 'likely', open, nameStart + 6, true);
    else if (isLetter(text.charCodeAt(nameStart))) {
      let end = nameStart;
      while (end < nameStart + 40 && isLetter(text.charCodeAt(end))) end += 1;
      if (isBlank(text.charCodeAt(end)) || text.charCodeAt(end) === 47) {
        this.#tag = text.slice(nameStart, end).toLowerCase();
        if (end < this.length) this.#readAttributes(open, end, -1);
      } else if (text.charCodeAt(end) === 62) this.add('markup', 'has HTML in it', 'weak', open, end, false);
    }
  }
}

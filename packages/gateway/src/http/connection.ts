// The Connection header: which lines are for the next neighbour only (RFC 9110 7.6.1).

import { HTAB, SP, TOKEN } from './bytes.ts';
import { isWord, latin1, type FieldLines } from './fields.ts';
import { FIXED, nameId, ROLES } from './names.ts';
import type { RefusalCode } from './refusals.ts';

/** Each option is compared with each line: this many are enough for anybody, and bound the work. */
const MOST_OPTIONS = 16;

export class ConnectionOptions {
  hasClose = false;
  hasKeepAlive = false;
  hasUpgrade = false;
  /** How many lines are named by an option. */
  namedCount = 0;
  /** 1 for a line that is named; only as long as namedCount says that there are any. */
  readonly isNamed: number[] = [];
  #options = 0;

  clear(): void {
    this.hasClose = this.hasKeepAlive = this.hasUpgrade = false;
    this.namedCount = this.#options = 0;
  }

  /**
   * Reads one Connection line. A request whose option names a header that the site needs for its safety is refused:
   * nobody sends that but to make us remove it. In an answer the option is passed over.
   */
  read(lines: FieldLines, line: number, isRequest: boolean): RefusalCode | undefined {
    const { buffer, at } = lines;
    let i = at[line * 4 + 2]!;
    const end = at[line * 4 + 3]!;
    while (i < end) {
      const start = i;
      while (i < end && TOKEN[buffer[i]!] !== 0) i++;
      if (i > start) {
        if (++this.#options > MOST_OPTIONS) return 'connection-option';
        const refusal = this.#take(lines, start, i, isRequest);
        if (refusal !== undefined) return refusal;
      }
      while (i < end && (buffer[i] === SP || buffer[i] === HTAB)) i++;
      if (i < end && buffer[i++] !== 44) return 'connection-option';
      while (i < end && (buffer[i] === SP || buffer[i] === HTAB)) i++;
    }
    return undefined;
  }

  #take(lines: FieldLines, start: number, end: number, isRequest: boolean): RefusalCode | undefined {
    const { buffer } = lines;
    if (isWord(buffer, start, end, 'keep-alive')) this.hasKeepAlive = true;
    else if (isWord(buffer, start, end, 'close')) this.hasClose = true;
    else if (isWord(buffer, start, end, 'upgrade')) this.hasUpgrade = true;
    else return this.#name(lines, start, end, isRequest);
    return undefined;
  }

  #name(lines: FieldLines, start: number, end: number, isRequest: boolean): RefusalCode | undefined {
    const { buffer } = lines;
    const id = nameId(buffer, start, end);
    if ((ROLES[id]! & FIXED) !== 0) return isRequest ? 'connection-names-header' : undefined;
    const name = latin1(buffer, start, end).toLowerCase();
    if (this.namedCount === 0) for (let line = 0; line < lines.count; line++) this.isNamed[line] = 0;
    for (let line = 0; line < lines.count; line++) {
      if (!lines.isNamed(line, name)) continue;
      this.isNamed[line] = 1;
      this.namedCount++;
    }
    return undefined;
  }
}

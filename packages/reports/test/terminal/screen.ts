// A terminal of a few lines of code: enough of ECMA-48 to see what a drawing program leaves on the screen.
// When its width changes it wraps its rows anew, as terminal emulators do.

import type { TerminalOutput } from '../../src/terminal/progress.ts';

export class Screen implements TerminalOutput {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  isCursorShown = true;
  /** Each row and whether it goes on in the next one. */
  #lines: Array<{ text: string; wraps: boolean }> = [{ text: '', wraps: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number, isTTY: boolean) {
    this.columns = columns;
    this.rows = rows;
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    for (const token of text.match(/\u001B\[\??\d*[A-Za-z]|[^]/gu) ?? []) this.#take(token);
    return true;
  }

  text(): string {
    return this.#lines
      .map((line) => line.text.trimEnd())
      .join('\n')
      .trimEnd();
  }

  resize(columns: number, rows: number): void {
    const logical: string[] = [];
    let open = '';
    for (const line of this.#lines) {
      open += line.text;
      if (line.wraps) continue;
      logical.push(open);
      open = '';
    }
    this.columns = columns;
    this.rows = rows;
    this.#lines = logical.flatMap((line) => {
      const pieces: Array<{ text: string; wraps: boolean }> = [];
      for (let at = 0; at === 0 || at < line.length; at += columns)
        pieces.push({ text: line.slice(at, at + columns), wraps: at + columns < line.length });
      return pieces;
    });
    this.#row = this.#lines.length - 1;
  }

  #take(token: string): void {
    if (token.startsWith('\u001B[')) this.#control(token);
    else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#newLine(false);
    else {
      if (this.#column >= this.columns) this.#newLine(true);
      const line = this.#lines[this.#row]!;
      const before = line.text.slice(0, this.#column).padEnd(this.#column);
      line.text = before + token + line.text.slice(this.#column + 1);
      this.#column++;
    }
  }

  #control(token: string): void {
    const amount = Number(/\d+/.exec(token)?.[0] ?? 1);
    const line = this.#lines[this.#row]!;
    if (token === '\u001B[?25l') this.isCursorShown = false;
    else if (token === '\u001B[?25h') this.isCursorShown = true;
    else if (token.endsWith('A')) this.#row = Math.max(0, this.#row - amount);
    else if (token.endsWith('K')) {
      line.text = line.text.slice(0, this.#column);
      line.wraps = false;
    } else if (token.endsWith('J')) {
      line.text = line.text.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else throw new Error(`unknown control ${JSON.stringify(token)}`);
  }

  #newLine(wraps: boolean): void {
    this.#lines[this.#row]!.wraps = wraps;
    this.#row++;
    this.#column = 0;
    this.#lines[this.#row] ??= { text: '', wraps: false };
  }
}

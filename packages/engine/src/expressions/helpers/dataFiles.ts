// The data files that items name (`data:` in YAML): word lists, patterns, maps and lists of known bots. They are
// read before expressions are compiled and do not change while those run.

import type { Problem } from '@parapet/kinds';

export type DataFileType = 'string' | 'regexp' | 'map' | 'bots';

/** One row of a map file. */
export type MapRow = Readonly<Record<string, string>>;

export class DataFiles {
  readonly #strings = new Map<string, readonly string[]>();

  /**
   * Takes a file in and returns what is wrong with it; the rest of it is used. A file without a type is ignored,
   * as is one that is there already under its name and type.
   */
  add(name: string, type: string | undefined, text: string): readonly Problem[] {
    const lines = linesOf(text);
    switch (type) {
      case undefined:
      case '':
      case 'mmdb': // opened by whoever looks places up
        return [];
      case 'string':
        if (!this.#strings.has(name))
          this.#strings.set(
            name,
            lines.map((line) => line.text),
          );
        return [];
      default:
        return [
          {
            code: 'E_DATA_FILE_TYPE',
            file: name,
            line: 0,
            column: 0,
            message: `The data file '${name}' has the unknown type '${type}'`,
            hint: "Types are 'string', 'regexp', 'map', 'bots' and 'mmdb'",
          },
        ];
    }
  }

  /** Returns the lines of a file of type string, or undefined when there is none of that name. */
  strings(name: string): readonly string[] | undefined {
    return this.#strings.get(name);
  }
}

interface FileLine {
  readonly text: string;
  readonly number: number;
}

// Empty lines and comments hold nothing; a line of spaces is a line.
function linesOf(text: string): FileLine[] {
  return text
    .split('\n')
    .map((line, i) => ({ text: line.endsWith('\r') ? line.slice(0, -1) : line, number: i + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}

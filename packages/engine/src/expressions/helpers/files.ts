// Helpers that look into data files. A file that is not there answers nothing, once with a message.

import { pure, text, type HelperTable } from './define.ts';
import type { DataFiles } from './dataFiles.ts';

export function fileHelpers(files: DataFiles, log: (message: string) => void): HelperTable {
  const warned = new Set<string>();

  function missing(name: string, type: string): void {
    if (warned.has(`${type} ${name}`) || warned.size >= WARNINGS_MAX) return;
    warned.add(`${type} ${name}`);
    log(`the data file '${name}' of type ${type} is not there`);
  }

  return {
    File: pure((args) => {
      const lines = files.strings(text(args, 0));
      if (lines === undefined) missing(text(args, 0), 'string');
      return lines ?? [];
    }, 1),
  };
}

// A name may come out of a log line; what is remembered of those is bounded.
const WARNINGS_MAX = 1000;

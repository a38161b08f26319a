// Helpers that look into data files. A file that is not there answers nothing, once with a message.

import type { Pattern } from '../../patterns/index.ts';
import type { Value } from '../value.ts';
import { visitorIp } from './botList.ts';
import { impure, pure, text, type HelperTable } from './define.ts';
import type { DataFiles } from './dataFiles.ts';
import { StringMap } from './maps.ts';

/** Returns the names an address resolves to that resolve back to it, in lower case. */
export type ConfirmNames = (ip: string) => readonly string[];

export function fileHelpers(
  files: DataFiles,
  confirmNames: ConfirmNames,
  log: (message: string) => void,
): HelperTable {
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
    RegexpInFile: {
      ...pure((args) => {
        const patterns = files.regexps(text(args, 1));
        if (patterns === undefined) missing(text(args, 1), 'regexp');
        return patterns?.matches(text(args, 0)) ?? false;
      }, 2),
      requires: ([, name]) => (typeof name === 'string' ? files.regexps(name)?.requiredLiterals : undefined),
    },
    FileMap: pure((args) => {
      const lookup = files.map(text(args, 0));
      if (lookup === undefined) missing(text(args, 0), 'map');
      return lookup?.rows.map((row) => new StringMap(new Map(row.fields))) ?? [];
    }, 1),
    LookupFile: pure((args) => {
      const lookup = files.map(text(args, 1));
      if (lookup === undefined) missing(text(args, 1), 'map');
      return lookup?.tag(text(args, 0)) ?? '';
    }, 2),
    // Asks for names, which change.
    MatchKnownBot: impure((args) => matchKnownBot(args, files, confirmNames), 3, Infinity),
  };
}

// A name may come out of a log line; what is remembered of those is bounded.
const WARNINGS_MAX = 1000;

function matchKnownBot(args: readonly Value[], files: DataFiles, confirmNames: ConfirmNames): boolean {
  const [claimedIp, userAgent, path, ...names] = args.map((arg) => (typeof arg === 'string' ? arg : ''));
  const ip = visitorIp(claimedIp ?? '');
  if (ip === undefined) return false;
  const visit = { ip, userAgent: userAgent ?? '', path: path ?? '' };
  const patterns: Pattern[] = [];
  for (const name of names) {
    const bots = files.bots(name);
    if (bots?.isKnown(visit) === true) return true;
    patterns.push(...(bots?.reverseNames(visit) ?? []));
  }
  // Names cost a look-up in the network: once, and only when no address has settled it.
  if (patterns.length === 0) return false;
  return confirmNames(ip).some((name) => patterns.some((pattern) => pattern.test(name)));
}

// The settings of the perimeter: which missing paths give an attacker away, who is let off, and how many
// tries it takes. Same keys, same defaults and same pattern notation as Drupal's Perimeter module, whose
// exported configuration (perimeter.settings.yml) can be read as it is.

import { parseIpOrCidr, type Cidr, type Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../../items/index.ts';

export interface PerimeterSettings {
  /** Regular expressions in Drupal's notation, delimiters and flags included: `/.*\.aspx/i`. */
  readonly patterns: readonly string[];
  /** Where each pattern was written, in the same order; absent when they come from no file. */
  readonly positions?: readonly PatternPosition[];
  /** Addresses and ranges that are never counted. */
  readonly allowlist: readonly Cidr[];
  /** How many matching 404s an address is allowed within the window; 0 acts on the first. */
  readonly floodThreshold: number;
  readonly floodWindowMs: number;
}

interface PatternPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The twelve patterns that the Perimeter module ships, and its defaults: act at once, forget after an hour. */
export const PERIMETER_DEFAULTS: PerimeterSettings = {
  patterns: [
    String.raw`/.*\.aspx/`,
    String.raw`/.*\.asp/`,
    String.raw`/.*\.jsp/`,
    String.raw`/\/blog_edit\.php/`,
    String.raw`/\/blogs\.php/`,
    String.raw`/\/wp-admin.*/`,
    String.raw`/\/wp-login.*/`,
    String.raw`/\/my_blogs/`,
    String.raw`/\/system\/.*\.php/`,
    String.raw`/.*systopice.*/`,
    String.raw`/.*login.json/`,
    String.raw`/\/episerver.*/`,
  ],
  allowlist: [],
  floodThreshold: 0,
  floodWindowMs: 3_600_000,
};

/**
 * Reads `perimeter.settings.yml` as the module exports it. What is missing keeps its default; what is wrong
 * becomes a problem and is left out.
 */
export function readPerimeterSettings(file: string, text: string, problems: Problem[]): PerimeterSettings {
  const [document] = readDocuments(file, text, problems);
  if (document === undefined) return PERIMETER_DEFAULTS;
  const { root } = document;
  root.allow('_core', 'langcode', 'dependencies', 'uuid');
  const patterns = root.has('not_found_exception_patterns')
    ? readPatterns(root, 'not_found_exception_patterns')
    : undefined;
  const settings: PerimeterSettings = {
    patterns: patterns?.map(({ text: written }) => written) ?? PERIMETER_DEFAULTS.patterns,
    ...(patterns === undefined ? {} : { positions: patterns.map(({ position }) => position) }),
    allowlist: readAllowlist(root, 'whitelisted_ips'),
    floodThreshold: wholeNumber(root, 'flood_threshold') ?? PERIMETER_DEFAULTS.floodThreshold,
    floodWindowMs: (wholeNumber(root, 'flood_window') ?? PERIMETER_DEFAULTS.floodWindowMs / 1000) * 1000,
  };
  root.refuseOtherKeys('perimeter.settings');
  return settings;
}

interface WrittenPattern {
  readonly text: string;
  readonly position: PatternPosition;
}

/** The module's form cuts its text box at newlines, so that exported patterns end in \r; blank ones are no patterns. */
function readPatterns(root: MapReader, key: string): readonly WrittenPattern[] {
  return listOf(root, key).flatMap((entry, index) => {
    const position = { file: root.file, ...root.itemPosition(key, index) };
    return entry
      .split(/[\r\n]+/)
      .map((line) => ({ text: line.trim(), position }))
      .filter(({ text }) => text !== '');
  });
}

function readAllowlist(root: MapReader, key: string): readonly Cidr[] {
  const ranges: Cidr[] = [];
  for (const [index, entry] of listOf(root, key).entries()) {
    for (const text of entry.split(/[\s,]+/).filter((part) => part !== '')) {
      const cidr = parseIpOrCidr(text);
      if (cidr === undefined) {
        root.complain(
          'E_PERIMETER_ADDRESS',
          `'${text}' is no address and no range`,
          "Write it like '192.0.2.7' or '192.0.2.0/24'",
          root.itemPosition(key, index),
        );
      } else {
        ranges.push(cidr);
      }
    }
  }
  return ranges;
}

/** A list of texts. Drupal exports a list that has nothing in it as `{  }`. */
function listOf(root: MapReader, key: string): readonly string[] {
  const value = root.plain(key);
  const isEmptyMap =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  return isEmptyMap ? [] : root.strings(key);
}

function wholeNumber(root: MapReader, key: string): number | undefined {
  const text = root.string(key);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  root.complain(
    'E_WRONG_TYPE',
    `'${key}' has to be a whole number, 0 or more, and is '${text}'`,
    undefined,
    root.position(key),
  );
  return undefined;
}

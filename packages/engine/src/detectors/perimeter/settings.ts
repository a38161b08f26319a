// The settings of the perimeter: which missing paths give an attacker away, who is let off, and how many
// tries it takes. Same keys, same defaults and same pattern notation as Drupal's Perimeter module, whose
// exported configuration (perimeter.settings.yml) can be read as it is.

import { parseIpOrCidr, type Cidr, type Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../../items/index.ts';

export interface PerimeterSettings {
  /** Regular expressions in Drupal's notation, delimiters and flags included: `/.*\.aspx/i`. */
  readonly patterns: readonly string[];
  /** Addresses and ranges that are never counted. */
  readonly allowlist: readonly Cidr[];
  /** How many matching 404s an address is allowed within the window; 0 acts on the first. */
  readonly floodThreshold: number;
  readonly floodWindowMs: number;
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
  const settings: PerimeterSettings = {
    patterns: root.has('not_found_exception_patterns')
      ? patternLines(root, 'not_found_exception_patterns')
      : PERIMETER_DEFAULTS.patterns,
    allowlist: readAllowlist(root, 'whitelisted_ips'),
    floodThreshold: wholeNumber(root, 'flood_threshold') ?? PERIMETER_DEFAULTS.floodThreshold,
    floodWindowMs: (wholeNumber(root, 'flood_window') ?? PERIMETER_DEFAULTS.floodWindowMs / 1000) * 1000,
  };
  root.refuseOtherKeys('perimeter.settings');
  return settings;
}

/** The module's form keeps one pattern a line; its export is a list. Both are read, blanks dropped. */
function patternLines(root: MapReader, key: string): readonly string[] {
  return root
    .strings(key)
    .flatMap((entry) => entry.split(/\r?\n/))
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}

function readAllowlist(root: MapReader, key: string): readonly Cidr[] {
  const ranges: Cidr[] = [];
  for (const [index, entry] of root.strings(key).entries()) {
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

function wholeNumber(root: MapReader, key: string): number | undefined {
  const text = root.string(key);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  root.complain(
    'E_WRONG_TYPE',
    `'${key}' has to be a whole number, 0 or more`,
    undefined,
    root.position(key),
  );
  return undefined;
}

// A request taken apart: the values that PHP and Drupal would see, each with where it stood. Decoders make it; rules,
// the model, templates and what is normal for the site read it.

import type { FieldKind, InspectedRequest, Placement } from '@parapet/kinds';
import type { Effort } from './effort.ts';

export interface Part {
  readonly placement: Placement;
  /** As PHP names it (`a.b` is `a_b`, `x[0][y]` stays); a JSON pointer in JSON; lower case for headers. */
  readonly name: string;
  /** What the site sees: decoded once as its placement is, UTF-16 text; bytes that are no UTF-8 are kept as U+FFFD. */
  readonly value: string;
  /**
   * Other readings of `value`, each different from it and from the others: decoded again (percent, entities, %u,
   * overlong and full-width characters, `\u` escapes, base64 and gzip that hold text, PHP and JSON inside a field).
   * Bounded in number, depth and size; most parts have none.
   */
  readonly views: readonly View[];
  /** What kind of field it is, from hints and Drupal defaults. */
  readonly kind: FieldKind;
  /** Whether only both ends and the suspicious middle of a long value are here. */
  readonly isExcerpt: boolean;
  /** What of `value` is read closely when that is not all of it: the hottest places of a long request, or nothing. */
  readonly focus?: string | undefined;
  /** Of what is read closely; absent where nobody has looked. */
  readonly glance?: Glance | undefined;
}

/** The name of a part, of which nobody has chosen the numbers of a list: all items of a list in JSON have one. */
export function plainName({ placement, name }: Part): string {
  return placement === 'json' ? name.replaceAll(INDEX, '/0') : name;
}

const INDEX = /\/\d+(?=\/|$)/g;

/** What one pass over a text has seen of all that rules and the model look for. */
export interface Glance {
  /** Who has looked: nobody else knows what the numbers of literals stand for. */
  readonly by: object;
  /** A bit for each sign that is in the text; see signs.ts. */
  readonly signs: number;
  /** The literals of rules that are in it, by number. */
  readonly literals: readonly number[];
  /** Whether one of the words is in it that the model is asked about. */
  readonly hasWord: boolean;
  /** Whether a literal is in it because of which a lexer is asked. */
  readonly isLexical: boolean;
}

export interface View {
  readonly text: string;
  /** How it was read, in order: `percent`, `entity`, `base64`, … */
  readonly decodings: readonly Decoding[];
  /** Absent where nobody has looked. */
  readonly glance?: Glance | undefined;
}

export type Decoding =
  | 'percent'
  | 'percent-u'
  | 'overlong'
  | 'entity'
  | 'escape'
  | 'base64'
  | 'unicode'
  | 'hex'
  | 'nul'
  | 'inflate'
  | 'json'
  | 'php'
  | 'utf16'
  | 'utf7'
  | 'plus'
  | 'comment';

/** Something about the bytes that two readers could see in two ways, or that no honest client sends. */
export interface Anomaly {
  /** A stable code, e.g. `multipart-no-boundary`, `json-duplicate-key`, `overlong-utf8`, `gzip-bomb`. */
  readonly code: string;
  readonly placement: Placement;
  readonly name: string;
  /** `refuse`: no honest client sends it. `note`: seen in honest requests too, and counts a little. */
  readonly severity: 'refuse' | 'note';
}

/** What is taken apart of a request beside its body: of the rest it is known that nothing is in it. */
export interface Unread {
  readonly hasPath: boolean;
  /** Pairs of the query, each with the mark that was in front of it. */
  readonly query: string;
  readonly headers: InspectedRequest['headers'];
}

export interface RequestParts {
  readonly request: InspectedRequest;
  /** What was taken apart; absent when all of it was. */
  readonly unread?: Unread | undefined;
  readonly method: string;
  /** Decoded once, dots removed, as the site's router sees it; begins with `/`. */
  readonly path: string;
  /** The host name, lower case, without its port. */
  readonly host: string;
  /** Of the body: the media type in lower case without parameters, or empty. */
  readonly mediaType: string;
  readonly parts: readonly Part[];
  readonly anomalies: readonly Anomaly[];
  /** Which part is the first of the body; absent when the request has none. */
  readonly bodyFrom?: number | undefined;
  /** Whether there was so much in front of the body that not all of it was read closely. */
  readonly isHeadSkimmed?: boolean | undefined;
  /** What taking it apart and reading it may cost, and has cost so far. */
  readonly effort?: Effort | undefined;
}

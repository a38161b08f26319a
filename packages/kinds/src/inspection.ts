// What is found in the content of a request: the words between those who have the request (gateway, forward-auth,
// replay, `parapet inspect`) and the content detector, which says whether it is an attack, of which kind, and why.

import type { Ip } from './ip.ts';
import type { HeadBytes } from './request.ts';

/** A request as it reached the site, or as much of it as is known. */
export interface InspectedRequest {
  readonly method: string;
  /** As sent, path and query, one character a byte; untrusted. */
  readonly rawTarget: string;
  /** In the order sent, names in lower case, values one character a byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As sent, before any Content-Encoding is undone; undefined when there is none or it is not known. */
  readonly body: Uint8Array | undefined;
  /** Whether more of the body follows that is not here. */
  readonly isBodyCut: boolean;
  /** Which site of the configuration; empty when there is one. */
  readonly site: string;
  /** Who sent it, as far as it is known. */
  readonly ip?: Ip;
  /** Whether the site vouches for who sends it: an operator or an editor with a signed trust cookie. */
  readonly isVouched?: boolean;
  readonly hints?: readonly FieldHint[];
  /** By which the one who asks knows the request again when it has ended; absent where nothing is to be learned. */
  readonly exchange?: object;
  /** The head as it was sent, for as long as it is inspected; absent where there is none. */
  readonly raw?: HeadBytes | undefined;
}

/** What the CMS knows of a field of a form; without it defaults apply. */
export interface FieldHint {
  /** The decoded name as PHP has it, e.g. `body[0][value]`. */
  readonly name: string;
  readonly kind: FieldKind;
}

/** `secret` is never scored; `code` and `html` are written by people who may. */
export type FieldKind = 'text' | 'html' | 'code' | 'secret' | 'token' | 'number';

/** Kinds of attack, by what they would do. */
export type AttackClass =
  | 'sqli'
  | 'xss'
  | 'lfi'
  | 'rce'
  | 'php'
  | 'ssti'
  | 'xxe'
  | 'nosql'
  | 'ldap'
  | 'ssrf'
  | 'java'
  | 'crlf'
  | 'drupal'
  | 'leak'
  | 'scanner'
  | 'protocol'
  | 'other';

/** Where a value stands. `name` is the name of a parameter, which attackers choose too. */
export type Placement =
  | 'path'
  | 'query'
  | 'form'
  | 'multipart'
  | 'filename'
  | 'file'
  | 'json'
  | 'xml'
  | 'graphql'
  | 'cookie'
  | 'header'
  | 'name'
  | 'body';

/** The part of a request that something was found in. */
export interface FoundIn {
  readonly placement: Placement;
  /** As PHP would name it, e.g. `q`, `field[0][value]`, `user-agent`; a JSON pointer in JSON. */
  readonly name: string;
  /** What was found and a little around it, at most 120 characters, decoded; never of a secret field. */
  readonly excerpt: string;
}

/** One thing that speaks for an attack, or against one. */
export interface InspectionReason {
  /** The rule's name, or `model`, `template`, `site`, `drupal`. */
  readonly detector: string;
  readonly class: AttackClass;
  /** A sentence without its full stop, for people: `asks the database for more than the page would`. */
  readonly text: string;
  /** In the log-odds that the score is made of; negative when it speaks against an attack. */
  readonly weight: number;
  /** Whoever wrote the rule wants who sends this to be checked, and not to be refused for it. */
  readonly asksForCheck?: true;
  /** It asks for a page that most sites do not have: where the site has it, that is honest. */
  readonly isHonestWhereServed?: true;
  readonly foundIn: FoundIn;
}

export type InspectionAction = 'pass' | 'challenge' | 'block' | 'reject';

export interface Inspection {
  /** What is to be done; `reject` is for bytes that no honest client sends. Modes may still let it pass. */
  readonly action: InspectionAction;
  /** Calibrated probability that this is an attack, 0 to 1. */
  readonly score: number;
  /** Undefined when nothing was found. */
  readonly class: AttackClass | undefined;
  /** The heaviest first. */
  readonly reasons: readonly InspectionReason[];
  /** It hangs on rules that are only watched: it is told, and the request passes. */
  readonly isObserved?: true;
}

/** Looks at what follows the beginning of a long body, as it passes. */
export interface BodyFollower {
  /** Returns what was found in the next piece, together with those before it; undefined for nearly all. */
  push(piece: Uint8Array): Inspection | undefined;
}

export interface Inspector {
  /** Never throws, never waits, and takes a time that is bounded by the limits of the decoders. */
  inspect(request: InspectedRequest): Inspection;
  /** Returns who looks at the rest of a body of which the request has the beginning; undefined for what is no text. */
  follow?(request: InspectedRequest): BodyFollower | undefined;
}

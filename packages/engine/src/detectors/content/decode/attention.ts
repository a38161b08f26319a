// Which values of a long request are looked at closely. A glance at each has told how much there is in it that attacks
// are made of. The hottest come first: of what is hot as much is looked at as fits some milliseconds, of what is lukewarm,
// as nearly all prose is, as much as a short request has. Padding in front of an attack or around it changes neither.

import type { Glance, Part } from '../parts.ts';
import { NO_VIEWS } from './views.ts';

/** Characters of lukewarm values that are looked at in one request. */
const LUKEWARM_TEXT = 8192;
/** Of hot ones, with their other readings: looking at so much of them takes some milliseconds. */
const HOT_TEXT = 16_384;
/** From here on a value is hot: nearly every attack is, and little prose. */
const HOT = 12;
/** Heat is that of the hottest piece of a text: words around it cool nothing. */
const PIECE = 512;
const OVERLAP = 64;
/** Words alone warm a long text; it counts as many times as it is longer than this. */
const USUAL_LENGTH = 256;
const NOTHING: readonly number[] = [];

type Look = (text: string) => Glance;

/** Whether there is nothing in a text that anybody is asked about. */
export function isCold({ literals, heat }: Glance): boolean {
  return literals.length === 0 && heat === 0;
}

/** How hot the hottest piece of a text is; `whole` is the glance at all of it. */
export function heatOf(text: string, whole: Glance, look: Look): number {
  if (text.length <= PIECE + OVERLAP) return whole.heat / (1 + text.length / USUAL_LENGTH);
  let most = 0;
  for (let at = 0; at < text.length && most < HOT; at += PIECE) {
    const piece = text.slice(at, at + PIECE + OVERLAP);
    most = Math.max(most, look(piece).heat / (1 + piece.length / USUAL_LENGTH));
  }
  return most;
}

/** Takes from the parts of a long request the glances that nobody is to follow, and readings that nobody is to read. */
export function passOver(parts: Part[], look: Look): void {
  let warmText = 0;
  for (const part of parts) if (isWarm(part)) warmText += lengthOf(part);
  if (warmText <= LUKEWARM_TEXT) return;
  const warm: { readonly index: number; readonly heat: number }[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.glance === undefined || !isWarm(part)) continue;
    // Who encodes something hides it, as a rule.
    const heat = heatOf(part.value, part.glance, look) + (part.views.length > 0 ? HOT : 0);
    warm.push({ index, heat });
  }
  warm.sort((one, other) => other.heat - one.heat);
  let hotText = 0;
  let text = 0;
  for (const { index, heat } of warm) {
    const part = parts[index]!;
    const length = lengthOf(part);
    if (heat >= HOT && hotText < HOT_TEXT) hotText += length;
    else if (text < LUKEWARM_TEXT) text += length;
    else parts[index] = { ...part, views: NO_VIEWS, glance: coldOf(part.glance!) };
  }
}

function isWarm({ glance, views }: Part): boolean {
  return glance !== undefined && (views.length > 0 || !isCold(glance));
}

function lengthOf({ value, views }: Part): number {
  let length = value.length;
  for (const { text } of views) length += text.length;
  return length;
}

function coldOf({ by }: Glance): Glance {
  return { by, signs: 0, literals: NOTHING, hasWord: false, isLexical: false, heat: 0 };
}

const REST_PIECE = 480;
const REST_OVERLAP = 96;

/** The rest of a body in pieces, each of which may hold what is hidden behind many values. */
export function piecesOf(text: string, isJson: boolean): readonly string[] {
  // The marks of JSON between two values are what attacks end a value with.
  const bare = isJson ? text.replace(/["{}[\],:]{2,}/g, ' ') : text;
  const pieces: string[] = [];
  for (let at = 0; at < bare.length; at += REST_PIECE)
    pieces.push(bare.slice(at, at + REST_PIECE + REST_OVERLAP));
  return pieces;
}

// What is kept of a long text: both ends and the places in between that look most like an attack. Attackers put
// kilobytes of padding in front of a payload because other guards stop reading; here the whole text is weighed, by a
// cheap measure that is linear in its length.

import { copyUnits } from '../unitBytes.ts';
import { HEAT_PIECE } from './attention.ts';

const BLOCK: number = HEAT_PIECE;
const END = 4096;
const HOT_BLOCKS = 3;
const BLOCKS_AROUND = 2;

// What attacks are dense in and prose, base64 and markup of editors are not, on a scale of 0 to 9.
const WEIGHTS = new Uint8Array(128);
for (const [chars, weight] of [
  [`'"\``, 3],
  ['<>', 2],
  ['$%\\', 3],
  ['|&;(){}', 2],
  ['=*#/[]^~!?@+,:', 1],
] as const) {
  for (const char of chars) WEIGHTS[char.charCodeAt(0)] = weight;
}
WEIGHTS[0] = 9;

// Pairs of characters that begin what rules and lexers look for; letters in lower case.
const PAIR_WEIGHTS = new Uint8Array(128 * 128);
for (const [pairs, weight] of [
  [".. /* */ -- ${ <? ?> <% %> {{ }} {% $( || && `; ';", 9],
  ["<s <i <b <o <e ' ' \" ;  =' '= <! n( s( t( e( d( l( :/ c: %2 %3 %u %0 \\x \\u 0x ## [# \\. @@ $_ $j", 5],
] as const) {
  for (const pair of pairs.split(' ')) {
    if (pair.length === 2) PAIR_WEIGHTS[pair.charCodeAt(0) * 128 + pair.charCodeAt(1)] = weight;
  }
}

/** So much of a text is copied at once. */
const CHUNK = 16_384;
const BYTES = new Uint8Array(CHUNK);
/** Each byte as it is weighed: small letters for capitals, one for all beyond ASCII. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 128) return 0x7f;
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
});

/** How much the text looks like something that is not plain words; 0 for those, no upper bound. */
export function suspicionOf(text: string): number {
  let total = 0;
  for (const suspicion of suspicionsIn(text)) total += suspicion;
  return total;
}

/** The same of each block of a text. */
function suspicionsIn(text: string): number[] {
  const suspicions: number[] = [];
  for (let chunk = 0; chunk < text.length; chunk += CHUNK) {
    const copied = text.slice(chunk, chunk + CHUNK);
    copyUnits(copied, BYTES);
    let before = 0x20;
    for (let start = 0; start < copied.length; start += BLOCK) {
      const end = Math.min(copied.length, start + BLOCK);
      let total = 0;
      for (let i = start; i < end; i++) {
        const code = FOLDED[BYTES[i]!]!;
        total += WEIGHTS[code]! + PAIR_WEIGHTS[before * 128 + code]!;
        before = code;
      }
      suspicions.push(total);
    }
  }
  return suspicions;
}

/**
 * The text itself up to `limit` characters; of a longer one both ends and the hottest places, joined by new lines.
 * `heats`: how hot each `HEAT_PIECE` characters are, where somebody knows better than this measure.
 */
export function excerptOf(
  text: string,
  limit: number,
  heats: readonly number[] = text.length <= limit ? [] : suspicionsIn(text),
): string {
  if (text.length <= limit) return text;
  const end = Math.min(END, limit >> 2);
  const most = Math.max(HOT_BLOCKS, Math.floor((limit - 2 * end) / (BLOCK * (2 * BLOCKS_AROUND + 1))));
  const places = hottest(end, text.length - end, heats).slice(0, most);
  const kept: (readonly [from: number, to: number])[] = places.map((at) => [
    Math.max(end, at - BLOCK * BLOCKS_AROUND),
    Math.min(text.length - end, at + BLOCK * (BLOCKS_AROUND + 1)),
  ]);
  kept.sort((a, b) => a[0] - b[0]);
  let out = text.slice(0, end);
  let reached = end;
  for (const [from, to] of kept) {
    if (to <= reached) continue;
    out += (from > reached ? '\n' : '') + text.slice(Math.max(from, reached), to);
    reached = to;
  }
  return out + (text.length - end > reached ? '\n' : '') + text.slice(text.length - end);
}

// The starts of the blocks that are the hottest, those first, and not next to each other.
function hottest(start: number, end: number, heats: readonly number[]): number[] {
  const found: { at: number; heat: number }[] = [];
  for (let at = start; at < end; at += BLOCK) {
    const heat = heats[Math.floor(at / BLOCK)] ?? 0;
    const last = found.at(-1);
    if (last !== undefined && at - last.at <= BLOCK * BLOCKS_AROUND) {
      if (heat > last.heat) found[found.length - 1] = { at, heat };
      continue;
    }
    found.push({ at, heat });
  }
  return found.toSorted((one, other) => other.heat - one.heat).map(({ at }) => at);
}

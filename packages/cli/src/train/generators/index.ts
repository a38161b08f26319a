// Made-up examples: attacks of the families that the labelled sets have few of, and honest texts that look like them.

import type { LabelledText, PlacementGroup } from '@parapet/engine';
import type { AttackClass } from '@parapet/kinds';
import { valueTexts } from '../requestTexts.ts';
import { java, template } from './templates.ts';
import { php, serialized } from './php.ts';
import { honestForum } from './honestForum.ts';
import { honestMachine } from './honestMachines.ts';
import { honestManual } from './honestManuals.ts';
import { honestProse } from './honestProse.ts';
import { honestReckoning } from './honestReckoning.ts';
import { honestSnippet } from './honestSnippets.ts';
import { drupal, LOOKUPS } from './lookups.ts';
import { Picker } from './picker.ts';
import { shell } from './shell.ts';
import { sqli } from './sqli.ts';
import { traversal } from './traversal.ts';
import { xss } from './xss.ts';

const ATTACKS: readonly (readonly [kind: AttackClass, count: number, make: (p: Picker) => string])[] = [
  ['xss', 9000, xss],
  ['sqli', 6000, sqli],
  ['lfi', 7000, traversal],
  ['rce', 7000, shell],
  ['php', 2500, php],
  ['php', 900, serialized],
  ['java', 1500, java],
  ['ssti', 2500, template],
  ...LOOKUPS,
];
const HONEST_PROSE = 20_000;
const HONEST_MANUALS = 8000;
const HONEST_MACHINES = 24_000;
const HONEST_RECKONING = 9000;
const HONEST_SNIPPETS = 10_000;
const HONEST_FORUM = 12_000;
const NAMES = 300;
/** Share of the attacks that stand in other text. */
const EMBEDDED = 0.15;

/** Attacks in the middle of what people write. */
function embedded(p: Picker, attack: string): string {
  const front = p.chance(0.8) ? `${honestProse(p)}${p.pick([' ', ' ', '. ', '\n', ''])}` : '';
  return front + attack + (front === '' || p.chance(0.5) ? ` ${honestProse(p)}` : '');
}

/** Returns the made-up examples of a seed. Attacks stand mostly where values do, and sometimes elsewhere. */
export function madeUp(seed: number): LabelledText[] {
  const texts: LabelledText[] = [];
  for (const [index, [kind, count, make]] of ATTACKS.entries()) {
    const p = new Picker(seed * 1000 + index);
    for (let made = 0; made < count; made += 1) {
      const group: PlacementGroup = p.chance(0.7)
        ? 'value'
        : p.pick(['header', 'path', 'body', 'body', 'name', 'header']);
      const attack = make(p);
      for (const { text, isWrapping } of valueTexts(p.chance(EMBEDDED) ? embedded(p, attack) : attack))
        if (!isWrapping) texts.push({ text, group, class: kind, weight: 1 });
    }
  }
  const p = new Picker(seed * 1000 + 999);
  for (let made = 0; made < NAMES; made += 1)
    texts.push({ text: drupal(p), group: 'name', class: 'drupal', weight: 1 });
  for (let made = 0; made < HONEST_PROSE; made += 1)
    texts.push({
      text: honestProse(p),
      group: p.chance(0.8) ? 'value' : p.pick(['body', 'rich']),
      class: undefined,
      weight: 1,
    });
  const manuals = new Picker(seed * 1000 + 998);
  for (let made = 0; made < HONEST_MANUALS; made += 1) {
    const { text, isMarkup } = honestManual(manuals);
    const group: PlacementGroup =
      isMarkup || manuals.chance(0.4) ? 'rich' : manuals.chance(0.7) ? 'body' : 'value';
    pushReadings(texts, text, group, group === 'value' ? 0.5 : 1);
  }
  for (let made = 0; made < HONEST_MACHINES; made += 1)
    texts.push({ ...honestMachine(p), class: undefined, weight: 1 });
  const reckoning = new Picker(seed * 1000 + 997);
  for (let made = 0; made < HONEST_RECKONING; made += 1) {
    const group = reckoning.chance(0.75) ? 'value' : reckoning.pick(['body', 'rich'] as const);
    pushReadings(texts, honestReckoning(reckoning), group, 1);
  }
  const snippets = new Picker(seed * 1000 + 996);
  for (let made = 0; made < HONEST_SNIPPETS; made += 1) {
    const { text, isMarkup } = honestSnippet(snippets);
    const group = snippets.chance(0.65) ? 'value' : isMarkup && snippets.chance(0.5) ? 'rich' : 'body';
    pushReadings(texts, text, group, 1);
  }
  const forum = new Picker(seed * 1000 + 995);
  for (let made = 0; made < HONEST_FORUM; made += 1) {
    const { text, isMarkup } = honestForum(forum);
    const group = forum.chance(isMarkup ? 0.25 : 0.7)
      ? 'value'
      : isMarkup && forum.chance(0.3)
        ? 'rich'
        : 'body';
    // Near to attacks as they are, they must not outweigh them.
    pushReadings(texts, text, group, 0.5);
  }
  return texts;
}

/** Adds an honest text in all its readings. */
function pushReadings(texts: LabelledText[], text: string, group: PlacementGroup, weight: number): void {
  for (const { text: reading } of valueTexts(text))
    texts.push({ text: reading, group, class: undefined, weight });
}

/** Returns bare attacks of a seed, `count` of each generator. */
export function madeUpAttacks(seed: number, count: number): { kind: AttackClass; text: string }[] {
  return ATTACKS.flatMap(([kind, , make], index) => {
    const p = new Picker(seed * 1000 + index);
    return Array.from({ length: count }, () => ({ kind, text: make(p) }));
  });
}

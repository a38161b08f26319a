// Makes the scanner of a grok: the same answers as its RegExp, several times faster, or an honest "not sure".

import { withoutCaptures, type Node } from '../syntaxTree.ts';
import { Unsupported } from './characters.ts';
import { normalise } from './normalise.ts';
import { generateScanner } from './spine.ts';

/** The texts of the groups, null for certainly no match, undefined where the RegExp has to be asked. */
export type Scan = (text: string) => string[] | null | undefined;

type Make = (tables: readonly Uint8Array[], regExps: readonly RegExp[]) => Scan;

/** The scanner for `groups` of the tree, or undefined if the pattern has parts it cannot follow. */
export function compileScanner(tree: Node, groups: readonly number[]): Scan | undefined {
  // Group 0 and below are what grokky's counting gives for names behind odd text: left to the RegExp.
  if (groups.some((group) => group < 1)) return undefined;
  const present = new Set<number>();
  withoutCaptures(tree, (index) => {
    present.add(index);
    return true;
  });
  try {
    const { source, tables, regExps } = generateScanner(normalise(tree), groups, present);
    // Safe although patterns come from outside: they enter the source only as numbers (code points, counts,
    // group numbers) and as literals written by JSON.stringify.
    // oxlint-disable-next-line typescript/no-implied-eval -- the reason is given above
    const make = new Function('tables', 'regExps', source) as Make; // our own source
    return make(tables, regExps);
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

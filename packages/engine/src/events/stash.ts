// Stashes: what a node remembers for lines to come (`GetFromStash` in expressions reads it).

import type { Stash } from '../expressions/helpers/stash.ts';
import type { MapReader } from '../items/index.ts';
import type { ExpressionCompiler } from './compile.ts';
import type { EventFrame } from './variable.ts';

const DEFAULT_SIZE = 100;

/** Reads the list of stashes at `stash`. */
export function readStashes(
  node: MapReader,
  name: string,
  store: Stash,
  compiler: ExpressionCompiler,
): readonly ((frame: EventFrame) => void)[] {
  return node
    .maps('stash')
    .map((reader) => readStash(reader, name, store, compiler))
    .filter((stash) => stash !== undefined);
}

function readStash(
  reader: MapReader,
  name: string,
  store: Stash,
  compiler: ExpressionCompiler,
): ((frame: EventFrame) => void) | undefined {
  const cache = required(reader, 'name');
  const keySource = required(reader, 'key');
  const valueSource = required(reader, 'value');
  const ttlMs = required(reader, 'ttl') === undefined ? undefined : reader.durationMs('ttl');
  const size = reader.number('size') ?? DEFAULT_SIZE;
  const strategy = reader.string('strategy') ?? 'LRU';
  reader.refuseOtherKeys('a stash');
  if (cache === undefined || keySource === undefined || valueSource === undefined || ttlMs === undefined) {
    return undefined;
  }
  const key = compiler.expression(reader, 'key', keySource);
  const value = compiler.expression(reader, 'value', valueSource);
  if (key === undefined || value === undefined) return undefined;
  store.declare(cache, { size: size > 0 ? size : DEFAULT_SIZE, ttlMs, strategy });
  const { faults } = compiler;
  return (frame) => {
    try {
      const valueText = value.evaluate(frame);
      const keyText = key.evaluate(frame);
      if (typeof valueText === 'string' && typeof keyText === 'string') store.set(cache, keyText, valueText);
      else faults.count('E_PARSER_STASH', name, 'Key or value of the stash is no text');
    } catch (error) {
      faults.count('E_PARSER_EXPRESSION', name, error);
    }
  };
}

function required(reader: MapReader, key: string): string | undefined {
  const text = reader.string(key);
  if (text !== undefined && text !== '') return text;
  reader.complain('E_STASH_INCOMPLETE', `The stash has no '${key}'`, `Add '${key}: …'`);
  return undefined;
}

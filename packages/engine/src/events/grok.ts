// The grok step of a node, and the patterns that nodes define.

import type { MapReader } from '../items/index.ts';
import type { Grok, GrokLibrary } from '../patterns/index.ts';
import type { ExpressionCompiler } from './compile.ts';
import type { EventSchema } from './event.ts';
import type { GrokStep } from './node.ts';
import { footprintOf, fuse, readStatics, type Enrichers } from './statics.ts';
import { joinFootprints, type Footprint } from './effect.ts';
import type { EventFrame } from './variable.ts';

/** Registers the `pattern_syntax` of a node. A name that exists already keeps its pattern, as in CrowdSec. */
export function addPatterns(node: MapReader, grok: GrokLibrary): void {
  const patterns = node.map('pattern_syntax');
  if (patterns === undefined) return;
  for (const name of patterns.keys()) {
    const pattern = patterns.string(name);
    if (pattern === undefined || grok.has(name)) continue;
    const added = grok.add(name, pattern);
    if (added.ok) continue;
    const { message, hint, offset } = added.error;
    patterns.complain('E_GROK_PATTERN', message, hint, patterns.positionInside(name, offset));
  }
}

/** Reads the `grok` of a node; undefined when it has none. */
export function readGrok(
  node: MapReader,
  name: string,
  context: { readonly grok: GrokLibrary; readonly enrichers: Enrichers },
  compiler: ExpressionCompiler,
): { readonly step: GrokStep; readonly footprint: Footprint | undefined } | undefined {
  const reader = node.map('grok');
  if (reader === undefined) return undefined;
  const grok = readPattern(reader, context.grok);
  const subject = readSubject(reader, name, compiler);
  const statics = readStatics(reader, name, compiler, context.enrichers);
  reader.refuseOtherKeys('a grok');
  if (grok === undefined || subject === undefined) return undefined;
  const slots = grok.names.map((capture) => compiler.schema.slot('Parsed', capture));
  const { slot } = subject;
  const own = slot === undefined ? undefined : { reads: [slot], writes: slots, subject: slot };
  return {
    step: { grok, slots, subject: subject.text, statics: fuse(statics) },
    footprint: joinFootprints([own, ...statics.map(footprintOf)]),
  };
}

function readPattern(reader: MapReader, library: GrokLibrary): Grok | undefined {
  const byName = reader.string('name') ?? '';
  const pattern = reader.string('pattern') ?? '';
  if (byName === '' && pattern === '') {
    reader.complain('E_GROK_WITHOUT_PATTERN', 'The grok has no pattern', "Add 'pattern: …' or 'name: …'");
    return undefined;
  }
  const compiled = byName === '' ? library.compile(pattern) : library.get(byName);
  if (compiled.ok) return compiled.grok;
  const { message, hint, offset } = compiled.error;
  const at = byName === '' ? reader.positionInside('pattern', offset) : reader.position('name');
  reader.complain('E_GROK_PATTERN', message, hint, at);
  return undefined;
}

/** `apply_on` names a field of Parsed, or Line.Raw; an expression is the other way to say what is matched. */
function readSubject(reader: MapReader, name: string, compiler: ExpressionCompiler): Subject | undefined {
  const applyOn = reader.string('apply_on') ?? '';
  const source = reader.string('expression') ?? '';
  if (applyOn !== '') return fieldSubject(applyOn, compiler.schema);
  if (source === '') {
    reader.complain(
      'E_GROK_WITHOUT_SUBJECT',
      'The grok does not say what it is applied on',
      "Add 'apply_on: message' or 'expression: …'",
    );
    return undefined;
  }
  const expression = compiler.expression(reader, 'expression', source);
  if (expression === undefined) return undefined;
  const text = compiler.text(expression, name);
  return {
    slot: undefined,
    text: (frame) => {
      const subject = text(frame);
      if (typeof subject === 'string') return subject;
      return subject === null ? undefined : '';
    },
  };
}

interface Subject {
  readonly text: (frame: EventFrame) => string | undefined;
  /** Undefined when it is not one field. */
  readonly slot: number | undefined;
}

/** Lines and messages hardly ever come again: what is read from them is not remembered. */
const NEVER_THE_SAME = new Set(['message']);

function fieldSubject(applyOn: string, schema: EventSchema): Subject {
  if (applyOn === 'Line.Raw') return { slot: undefined, text: (frame) => frame.evt.raw };
  const slot = schema.slot('Parsed', applyOn);
  return {
    slot: NEVER_THE_SAME.has(applyOn) ? undefined : slot,
    text: (frame) => frame.evt.values[slot],
  };
}

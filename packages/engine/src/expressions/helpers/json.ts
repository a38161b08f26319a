// Helpers that read and write JSON.

import { EvaluationError } from '../errors.ts';
import type { Value } from '../value.ts';
import { findJson, splitJsonPath, unescapeJson, type JsonKind } from './jsonPath.ts';
import { parseJson, writeJson } from './jsonText.ts';
import { impure, isList, map, pure, text, texts, type HelperTable } from './define.ts';

export const jsonHelpers: HelperTable = {
  JsonExtract: pure((args) => findJson(text(args, 0), splitJsonPath(text(args, 1)))?.text ?? '', 2),
  // One key or a list of them; further arguments are ignored, as in the reference.
  JsonExtractUnescape: pure(
    (args) => {
      const piece = findJson(text(args, 0), isList(args[1]) ? texts(args, 1) : [text(args, 1)]);
      return piece?.kind === 'string' ? (unescapeJson(piece.text) ?? '') : '';
    },
    1,
    Infinity,
  ),
  // The reference reads a list only and fails on the keys that its own signature asks for; both work here.
  JsonExtractLib: pure(
    (args) => {
      const path = isList(args[1]) ? texts(args, 1) : texts([args.slice(1)], 0);
      return findJson(text(args, 0), path)?.text ?? '';
    },
    1,
    Infinity,
  ),
  JsonExtractSlice: pure((args) => extractTyped(text(args, 0), text(args, 1), 'array'), 2),
  JsonExtractObject: pure((args) => extractTyped(text(args, 0), text(args, 1), 'object'), 2),
  // A map may be the event's, which changes between two calls.
  ToJsonString: impure((args) => writeJson(args[0] ?? null) ?? '', 1),
  // Changes the map it is given, so it must run each time.
  UnmarshalJSON: impure((args) => {
    const [target, key] = [map(args, 1), text(args, 2)];
    target.set(key, parseJson(text(args, 0)));
    return null;
  }, 3),
};

function extractTyped(json: string, path: string, kind: JsonKind): Value {
  const piece = findJson(json, splitJsonPath(path));
  if (piece?.kind !== kind) return null;
  try {
    return parseJson(piece.text);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

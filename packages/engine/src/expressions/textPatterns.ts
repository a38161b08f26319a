// The regular expressions of `matches` that are computed at run time: remembered, as many as fit.

import { compilePattern } from '../patterns/index.ts';

type CompiledPattern = ReturnType<typeof compilePattern>;

const MAX_REMEMBERED = 256;
/** In the order of their last use. */
const remembered = new Map<string, CompiledPattern>();

/** Compiles a pattern, or finds it among those used lately. */
export function recentPattern(source: string): CompiledPattern {
  const compiled = remembered.get(source) ?? compilePattern(source);
  remembered.delete(source);
  remembered.set(source, compiled);
  if (remembered.size > MAX_REMEMBERED) {
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  }
  return compiled;
}

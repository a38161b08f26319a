// The regular expressions of `matches`. Those computed at run time are remembered, as many as fit.

export interface TextPattern {
  test(text: string): boolean;
  readonly requiredLiterals?: { readonly anyOf: readonly string[]; readonly foldCase: boolean } | undefined;
}

export type CompiledText =
  | { readonly ok: true; readonly pattern: TextPattern }
  | { readonly ok: false; readonly error: { readonly message: string; readonly offset: number } };

const MAX_REMEMBERED = 256;
const remembered = new Map<string, CompiledText>();

/** Compiles a pattern of RE2 syntax. */
export function compileText(source: string): CompiledText {
  try {
    const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(source) ?? [];
    const pattern = new RegExp(rest.replaceAll('(?P<', '(?<'), `${flags}u`);
    return { ok: true, pattern: { test: (text) => pattern.test(text) } };
  } catch (error) {
    return {
      ok: false,
      error: { message: error instanceof Error ? error.message : String(error), offset: 0 },
    };
  }
}

/** Compiles a pattern that was computed at run time, or finds it among those used lately. */
export function patternOf(source: string): CompiledText {
  let compiled = remembered.get(source);
  if (compiled === undefined) {
    compiled = compileText(source);
    if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  } else {
    remembered.delete(source);
  }
  remembered.set(source, compiled);
  return compiled;
}

// Names of parameters as PHP makes them (main/php_variables.c, php_register_variable_ex): spaces, dots and a bracket
// that never closes become `_`, what follows the last closing bracket is dropped, a NUL ends the name.

const MAX_NESTING = 64;
/** Too short to nest too deep. */
const LONGEST_KEPT = 2 * MAX_NESTING;

/** The name as PHP has it, e.g. `a_b`, `x[0][y]`, `x[]`; empty when PHP ignores the parameter. */
export function phpName(name: string): string {
  return isKept(name) ? name : mangled(name);
}

// Whether PHP leaves the name alone: no blank, dot or NUL, and its brackets open and close in turn up to the end.
function isKept(name: string): boolean {
  let inside = false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code === 0x20 || code === 0x2e || code === 0) return false;
    if (code === 0x5b) {
      if (inside || i === 0) return false;
      inside = true;
    } else if (inside && code === 0x5d) {
      inside = false;
      if (i + 1 < name.length && name.charCodeAt(i + 1) !== 0x5b) return false;
    }
  }
  return !inside && name.length < LONGEST_KEPT;
}

function mangled(rawName: string): string {
  const nul = rawName.indexOf('\0');
  let name = nul < 0 ? rawName : rawName.slice(0, nul);
  let start = 0;
  while (name.charCodeAt(start) === 0x20) start++;
  name = name.slice(start);
  const bracket = name.indexOf('[');
  if (bracket === 0) return '';
  if (bracket < 0) return underscored(name);
  const base = underscored(name.slice(0, bracket));
  return base + indices(name, bracket);
}

// `at` is an opening bracket. Returns the closed indices, or all as one plain name when the first does not close.
function indices(name: string, at: number): string {
  let out = '';
  for (let level = 1; ; level++) {
    if (level > MAX_NESTING) return '';
    let open = at + 1;
    // PHP skips one blank in front of `]`.
    if (isSpace(name.charCodeAt(open)) && name.charCodeAt(open + 1) === 0x5d) open++;
    const close = name.indexOf(']', open);
    if (close < 0) return level === 1 ? '_' + underscored(name.slice(at + 1)).replaceAll('[', '_') : out;
    out += '[' + name.slice(open, close) + ']';
    at = close + 1;
    if (name.charCodeAt(at) !== 0x5b) return out;
  }
}

function underscored(text: string): string {
  return text.replaceAll(' ', '_').replaceAll('.', '_');
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}

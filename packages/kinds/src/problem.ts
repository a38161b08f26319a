// What is wrong with something a person wrote (a scenario, a profile, a configuration file), said so
// that they can mend it: where, what, and what to do. Problems are collected; the rest still loads.

export interface Problem {
  /** Stable code, `E_…`, listed in the errors page of the docs. */
  readonly code: string;
  readonly file: string;
  /** 1-based; 0 when the problem is the file as a whole. */
  readonly line: number;
  /** 1-based; 0 when the problem is the file as a whole. */
  readonly column: number;
  /** One sentence with the value that was wrong. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly hint?: string;
}

/** Returns the problem as one line: `file:line:column: message (code). hint`. */
export function formatProblem(problem: Problem): string {
  const at = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  return `${at}: ${problem.message} (${problem.code})${problem.hint === undefined ? '' : `. ${problem.hint}`}`;
}

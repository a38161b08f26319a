// The statements of SQL that change or run something, by what must stand behind their first word. The words alone are
// English (`drop`, `update`, `call`, `set`), so that each needs the shape that makes it a statement.

import type { SqlReader } from './sqlGrammar.ts';

/** Whether a statement stands at a token. */
export function isStatement(reader: SqlReader, text: string, at: number): boolean {
  const word = (token: number): string =>
    text.slice(reader.tokens.starts[token] ?? 0, reader.tokens.ends[token] ?? 0).toLowerCase();
  const is = (token: number, kinds: string): boolean => {
    const kind = reader.kind(token);
    return kind !== '' && kinds.includes(kind);
  };
  const isLast = (token: number): boolean => reader.kind(token) === '' || is(token, 'c;');
  const next = word(at + 1);
  switch (word(at)) {
    case 'insert':
    case 'replace':
      return (
        is(at + 1, 'I') &&
        is(at + 2, 'nKft') &&
        (is(at + 3, '(ET.') || word(at + 3) === 'values' || isLast(at + 3))
      );
    case 'merge':
      return is(at + 1, 'I') && word(at + 3) === 'using';
    case 'update':
      return is(at + 1, 'nKf') && word(at + 2) === 'set' && is(at + 4, '=.');
    case 'delete':
      return is(at + 1, 'F') && is(at + 2, 'nK') && (isLast(at + 3) || is(at + 3, 'W.'));
    case 'drop':
    case 'truncate':
      if (!is(at + 1, 'K')) return false;
      if (word(at + 2) === 'if') return word(at + 3) === 'exists';
      return is(at + 2, 'nKf') && (isLast(at + 3) || is(at + 3, '.,'));
    case 'alter':
      return (
        is(at + 1, 'K') &&
        is(at + 2, 'nKf') &&
        (is(at + 3, 'T') || word(at + 3) === 'with' || word(at + 3) === 'add')
      );
    case 'create':
      if (is(at + 1, '&')) return word(at + 2) === 'replace';
      return (
        is(at + 1, 'K') && (is(at + 3, '(=sE') || word(at + 3) === 'as' || word(at + 3) === 'identified')
      );
    case 'exec':
    case 'execute':
      return (
        is(at + 1, 'S') ||
        (is(at + 1, 'v') && (reader.tokens.starts[at + 1] ?? 0) > (reader.tokens.ends[at] ?? 0)) ||
        next === 'immediate' ||
        next.startsWith('sp_') ||
        next.startsWith('xp_') ||
        next.startsWith('master') ||
        (is(at + 1, '(') && is(at + 2, 'sv'))
      );
    case 'call':
      return is(at + 1, 'nSf') && is(at + 2, '(') && (is(at + 3, 's1v)') || reader.hasCall(at + 3, at + 8));
    case 'declare':
    case 'set':
      return is(at + 1, 'v') && (is(at + 2, '=tnf') || word(at + 2) === 'as');
    case 'waitfor':
      return next === 'delay' || next === 'time';
    case 'shutdown':
      return isLast(at + 1) || next === 'with';
    case 'grant':
      return (word(at + 2) === 'on' || word(at + 2) === 'privileges') && !isLast(at + 3);
    case 'begin':
      return is(at + 1, 'TSC') || next === 'transaction';
    case 'if':
      return (is(at + 1, '(') && reader.hasCall(at + 2, at + 12)) || (is(at + 1, '1s') && is(at + 2, '='));
    case 'backup':
    case 'restore':
      return next === 'database' && word(at + 3) === 'to';
    case 'attach':
      return is(at + 1, 'K') && is(at + 2, 's');
    case 'load':
      return next === 'data' && (word(at + 2) === 'infile' || word(at + 2) === 'local');
    case 'handler':
      return word(at + 2) === 'open';
    case 'rename':
      return next === 'table' && is(at + 2, 'n');
    case 'prepare':
      return word(at + 2) === 'from' && is(at + 3, 'sv');
    case 'copy':
      return (
        (is(at + 1, 'n') &&
          (word(at + 2) === 'from' || word(at + 2) === 'to') &&
          word(at + 3) === 'program') ||
        (is(at + 1, '(') && is(at + 2, 'E'))
      );
    case 'do':
      return is(at + 1, 'S') && is(at + 2, '(');
    default:
      return false;
  }
}

/** Whether a text that is a statement of this kind and no more is often documentation. */
export function isOftenWritten(word: string): boolean {
  return word === 'create' || word === 'alter' || word === 'attach' || word === 'rename';
}

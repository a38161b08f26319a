// Rules about clauses: a second query, a second statement, a call that waits, a list that is counted.

import {
  beforeBrackets,
  is,
  isBareComment,
  isFirstValue,
  isStop,
  type Judgement,
  reader,
  weak,
  word,
} from './sqlReading.ts';
import { isOftenWritten, isStatement } from './sqlStatements.ts';

/** `union all select 1,2,…`. */
export function judgeUnion(at: number): Judgement | undefined {
  let next = at + 1;
  while (next < at + 64 && is(next, '!(')) next += 1;
  const what = 'joins a second query to the site’s own';
  if (reader.kind(next) !== 'E') return undefined;
  const list = readList(next + 1);
  if (list.isSql) return { what, strength: 'sure', from: at, to: list.end };
  if (next > at + 1 && is(next - 1, '(')) return { what, strength: 'likely', from: at, to: list.end };
  const isAfterValue = isFirstValue(beforeBrackets(at)) || (at === 0 && list.end > next + 1);
  if (is(list.end, ',') && isAfterValue && reader.readOperand(list.end + 1) !== -1)
    return { what, strength: 'sure', from: at, to: list.end };
  if (reader.kind(list.end) === 'F' && !list.isEmpty)
    return { what, strength: isAfterValue ? 'sure' : 'likely', from: at, to: list.end };
  return {
    what,
    strength: isAfterValue || reader.tokens.hasRunComment ? 'likely' : 'weak',
    from: at,
    to: list.end,
  };
}

interface List {
  readonly end: number;
  readonly isSql: boolean;
  readonly isEmpty: boolean;
}

/** The columns of a query: whether they are what no sentence has there. */
function readList(start: number): List {
  let at = start;
  while (at < start + 4 && (is(at, '!') || (is(at, 'L') && is(at + 1, '1')))) at += is(at, 'L') ? 2 : 1;
  if (reader.kind(at) === '') return { end: at, isSql: false, isEmpty: true };
  const isStar = is(at, 'o') && (is(at + 1, 'FIc,)') || reader.kind(at + 1) === '');
  if (isStar) return { end: at + 1, isSql: true, isEmpty: false };
  const isPlain = is(at, 's10vCo{');
  const end = reader.readOperand(at);
  if (end === -1) return { end: isPlain ? at + 1 : at, isSql: isPlain && is(at, '1v'), isEmpty: false };
  if (isPlain || reader.hasCall(at, end)) return { end, isSql: true, isEmpty: false };
  return {
    end,
    isSql: is(end, ',') && is(end + 1, '1s0vSDfo') && reader.readOperand(end + 1) !== -1,
    isEmpty: false,
  };
}

/** A query alone or in brackets. */
export function judgeSelect(at: number): Judgement | undefined {
  const list = readList(at + 1);
  if (list.end <= at + 1 && !list.isSql) return undefined;
  let end = list.end;
  for (let columns = 0; columns < 64 && is(end, ','); columns += 1) {
    const next = reader.readOperand(end + 1);
    if (next === -1) break;
    end = next;
  }
  const hasFrom = is(end, 'F');
  const isSystem = hasFrom && is(end + 1, 'D');
  const isInner = is(at - 1, '(');
  const isPlaced = at === 0 || is(at - 1, ';=o&,(');
  if (isInner) {
    const what = 'asks a query of its own inside another';
    if (hasFrom) {
      // `(select * from t)` stands in honest snippets too, unless an operator asks for it.
      const isSure = isSystem || (list.isSql && (!is(at + 1, 'o') || is(at - 2, '&=o,s1')));
      return { what, strength: isSure ? 'sure' : 'likely', from: at - 1, to: end + 2 };
    }
    if (list.isSql && !is(at + 1, 's') && (reader.kind(end) === '' || is(end, ')c')))
      return { what, strength: 'likely', from: at - 1, to: end };
    return undefined;
  }
  const what = 'is a query';
  if (isSystem) return { what, strength: isPlaced ? 'sure' : 'likely', from: at, to: end + 2 };
  if (is(at - 1, ';') && (hasFrom || list.isSql))
    return {
      what: 'adds a query of its own behind the site’s',
      strength: isFirstValue(beforeBrackets(at - 1)) ? 'sure' : 'likely',
      from: at - 1,
      to: end,
    };
  if (!isPlaced) return hasFrom ? weak(what, at, end + 2) : undefined;
  if (hasFrom && is(end + 1, 'nK(tfS'))
    return { what, strength: list.isSql && at === 0 ? 'likely' : 'weak', from: at, to: end + 2 };
  return list.isSql && reader.hasCall(at + 1, end)
    ? { what, strength: 'likely', from: at, to: end }
    : undefined;
}

/** What a text puts behind `;`. */
export function judgeStacked(text: string, at: number): Judgement | undefined {
  if (!is(at + 1, 'T') || !isStatement(reader, text, at + 1)) return undefined;
  const isEarly = at < 4 || isFirstValue(beforeBrackets(at));
  const strength = isEarly ? 'sure' : text.length < 300 ? 'likely' : 'weak';
  return { what: 'adds a statement of its own behind the query', strength, from: at, to: at + 4 };
}

/** A statement that a text begins with, or that follows a value: SQL Server needs no `;` between them. */
export function judgeStatement(text: string, at: number): Judgement | undefined {
  const name = word(at, text);
  if (name === 'waitfor') {
    const isTimed = is(at + 1, 'K') && is(at + 2, 'sv');
    return isTimed ? { what: 'makes the database wait', strength: 'sure', from: at, to: at + 3 } : undefined;
  }
  const before = beforeBrackets(at);
  if (at > 0 && !isFirstValue(before)) return undefined;
  if (name === 'if' && !is(at + 1, '(')) return undefined;
  if (!isStatement(reader, text, at)) return name === 'if' ? judgeChoice(at) : undefined;
  if (at === 0)
    return {
      what: 'is a statement to the database',
      strength: isOftenWritten(name) ? 'weak' : 'likely',
      from: 0,
      to: at + 3,
    };
  return { what: 'adds a statement of its own behind the query', strength: 'sure', from: before, to: at + 3 };
}

/** Functions that wait, fail on purpose, read files or run programs. */
export function judgeCall(at: number): Judgement | undefined {
  let open = at + 1;
  if (reader.kind(open) === '.') open += 2;
  if (reader.kind(open) !== '(') {
    return is(at - 1, 'T.') && is(at + 1, 's')
      ? { what: 'runs a procedure of the database server', strength: 'likely', from: at - 1, to: at + 2 }
      : undefined;
  }
  if (reader.kind(open + 1) === '' || is(open + 1, ')') || is(at - 1, '.n')) return undefined;
  const end = reader.skipBracket(open);
  const isPlaced = is(at - 1, '&=o,E;W(!T') || (at === 1 && is(0, 's'));
  return {
    what: 'calls a function that waits, fails on purpose or reads files',
    strength: isPlaced ? 'sure' : at === 0 ? 'likely' : 'weak',
    from: at,
    to: end === -1 ? open : end,
  };
}

/** `iif(1=1,…)`: a choice by a condition that is always the same. */
export function judgeChoice(at: number): Judgement | undefined {
  if (!is(at + 1, '(') || !is(at + 2, '1s')) return undefined;
  const end = reader.readCondition(at + 2);
  if (end === -1 || !is(end, ',') || reader.condition !== 'constant') return undefined;
  return { what: 'asks the database to choose by a condition', strength: 'likely', from: at, to: end };
}

/** `from information_schema.tables`. */
export function judgeSource(at: number): Judgement | undefined {
  return is(at + 1, 'D')
    ? { what: 'reads the database’s own tables', strength: 'likely', from: at, to: at + 2 }
    : undefined;
}

export function judgeInto(at: number): Judgement | undefined {
  if (!is(at + 1, 'O') || !is(at + 2, 'svf1')) return undefined;
  return { what: 'writes a file from the database', strength: 'sure', from: at, to: at + 3 };
}

/** `order by 10 --`: how many columns there are. */
export function judgeOrder(at: number): Judgement | undefined {
  if (!is(at + 1, 'b')) return undefined;
  const end = reader.readOperand(at + 2);
  if (end === -1 || !isStop(end)) return undefined;
  const before = beforeBrackets(at);
  const isAfterValue = isFirstValue(before);
  const isCut = is(end, 'c');
  if (!isAfterValue && !isCut) return undefined;
  const isCounted = is(at + 2, '1') || reader.hasCall(at + 2, end);
  const strength =
    isCounted && (isCut || is(before, 's'))
      ? 'sure'
      : isCounted || (isCut && isAfterValue)
        ? 'likely'
        : 'weak';
  return { what: 'counts the columns of the query', strength, from: Math.max(0, before), to: end };
}

/** `having 1=1`, `where 1=1`. */
export function judgeHaving(text: string, at: number): Judgement | undefined {
  const end = reader.readCondition(at + 1);
  if (end === -1 || !(isStop(end) || is(end, 'T'))) return undefined;
  const isAfterValue = isFirstValue(beforeBrackets(at));
  if (reader.condition === 'constant')
    return {
      what: 'adds a condition that is always true or false',
      strength: isAfterValue ? 'sure' : 'likely',
      from: at,
      to: end,
    };
  if (reader.condition === 'call' && isAfterValue)
    return { what: 'adds a condition that calls the database', strength: 'likely', from: at, to: end };
  return isAfterValue && is(end, 'c') && isBareComment(text, end)
    ? { what: 'adds a condition to the query', strength: 'likely', from: at, to: end }
    : undefined;
}

/** `case when … then … end`. */
export function judgeCase(at: number): Judgement | undefined {
  if (!is(at + 1, 'w')) return undefined;
  const end = reader.readCondition(at + 2);
  if (end === -1 || !is(end, 'h&')) return undefined;
  const strength = reader.condition === 'constant' || reader.condition === 'call' ? 'sure' : 'weak';
  return { what: 'asks the database to choose by a condition', strength, from: at, to: end + 1 };
}

// Rules about values: a text that closes the site's own string, compares it, computes with it or adds a condition.

import type { Strength } from './finding.ts';
import {
  beforeBrackets,
  is,
  isBareComment,
  isFirstValue,
  isStop,
  type Judgement,
  reader,
  sizeOf,
  weak,
  word,
} from './sqlReading.ts';

/** A text that is a value or a comparison and cuts off what follows: `1)--`, `('a')--`, `1 like 1`. */
export function judgeWhole(text: string): Judgement | undefined {
  let at = reader.readCondition(0);
  if (at === -1) return undefined;
  const isComparison = reader.condition === 'constant';
  const hasBrackets = reader.kind(at - 1) === ')';
  while (reader.kind(at) === ')') at += 1;
  if (reader.kind(at) === ';' && reader.kind(at + 1) === 'c') at += 1;
  if (reader.kind(at) === 'c') {
    const isValue = is(0, '1(v0{') || (reader.condition === 'call' && !is(0, 'os'));
    if (!isValue && (!hasBrackets || is(0, 'o')))
      return reader.kind(0) === 's' ? weak('comments the rest of the query away', 0, at + 1) : undefined;
    if (!isBareComment(text, at)) return weak('comments the rest of the query away', 0, at + 1);
    return { what: 'comments the rest of the query away', strength: 'likely', from: 0, to: at + 1 };
  }
  if (reader.kind(at) !== '' || !isComparison) return undefined;
  const isWord = is(1, '=') && sizeOf(1) > 3;
  return {
    what: 'is a condition that is always true or false',
    strength: isWord && is(0, '1') ? 'likely' : 'weak',
    from: 0,
    to: at,
  };
}

/** A string that the text closes, and what comes behind it. */
export function judgeClosed(text: string): Judgement | undefined {
  let at = 1;
  while (reader.kind(at) === ')') at += 1;
  const left = sizeOf(0);
  if (reader.kind(at) === ';' && reader.kind(at + 1) === 'c') at += 1;
  if (reader.kind(at) === 'c') {
    const what = 'closes a string and comments the rest of the query away';
    if (isBareComment(text, at))
      return { what, strength: at > 1 || left < 24 ? 'sure' : 'likely', from: 0, to: at + 1 };
    const isWord = reader.tokens.starts[at] === reader.tokens.ends[at - 1] && left < 12;
    return { what, strength: isWord || at > 1 ? 'likely' : 'weak', from: 0, to: at + 1 };
  }
  if (reader.kind(at) === '=' || (reader.kind(at) === '!' && reader.kind(at + 1) === '='))
    return judgeCompared(text, at);
  if (reader.kind(at) !== 'o') return undefined;
  const end = reader.readOperand(at + 1);
  if (end === -1) return undefined;
  const what = 'closes a string and computes with it';
  if (!isStop(end) && reader.kind(end) !== '=') return undefined;
  if (reader.hasCall(at + 1, end)) return { what, strength: 'sure', from: 0, to: end };
  if (reader.kind(end) === '=') return judgeCompared(text, end);
  const isCut = is(end, 'c') && isBareComment(text, end) && left < 24;
  if (is(end, '&') && left < 24) {
    const last = reader.readCondition(end + 1);
    if (last !== -1 && isStop(last) && reader.condition !== 'name')
      return { what, strength: 'likely', from: 0, to: last };
  }
  return { what, strength: isCut || is(at + 1, 'v') ? 'likely' : 'weak', from: 0, to: end };
}

function judgeCompared(text: string, at: number): Judgement | undefined {
  let from = at + 1;
  while (is(from, '=!(')) from += 1;
  let end = reader.readOperand(from);
  while (end !== -1 && reader.kind(end) === '=') end = reader.readOperand(end + 1);
  if (end === -1 || !isStop(end)) return undefined;
  const what = 'closes a string and compares it';
  if (reader.hasCall(from, end)) return { what, strength: 'sure', from: 0, to: end };
  const isSign = !/[a-z]/.test(word(at, text));
  const isOpen = reader.kind(end) === '' && is(end - 1, 's');
  if (isSign) return { what, strength: is(from, 'n') ? 'weak' : 'likely', from: 0, to: end };
  const isCut = reader.kind(end) === 'c' || reader.kind(end) === '&';
  return { what, strength: isCut || (!isOpen && is(from, '0v1')) ? 'likely' : 'weak', from: 0, to: end };
}

/** `or 1=1` and its relatives. */
export function judgeLogic(text: string, at: number): Judgement | undefined {
  if (at > 0 && !is(at - 1, '1s0v)nDe]}KfUt')) return undefined;
  const end = reader.readCondition(at + 1);
  if (end === -1) return undefined;
  const before = beforeBrackets(at);
  const isAfterValue = isFirstValue(before);
  const isAfterString = isAfterValue && is(0, 's');
  const isSign = !/[a-z]/.test(word(at, text));
  const stops = isStop(end);
  const judged = (strength: Strength, what: string): Judgement => ({
    what,
    strength,
    from: Math.max(0, before),
    to: end,
  });
  switch (reader.condition) {
    case 'constant':
      if (!stops && !is(end, 'Ts')) return undefined;
      return judged(
        isSign && is(before - 1, '=') ? 'likely' : 'sure',
        'adds a condition that is always true or false',
      );
    case 'call':
      if (isAfterValue || at === 0) return judged('sure', 'adds a condition that calls the database');
      return judged(stops && !isSign ? 'likely' : 'weak', 'adds a condition that calls the database');
    case 'comparison':
      if (!stops) return undefined;
      if (isAfterString) return judged('sure', 'closes a value and adds a condition');
      if (isAfterValue) return judged('likely', 'adds a condition');
      return judged(
        reader.kind(end) === 'c' && isBareComment(text, end) ? 'likely' : 'weak',
        'adds a condition',
      );
    case 'value':
      if (!stops || is(end, ',;')) return undefined;
      if (reader.kind(end) === 'c' && isAfterValue)
        return judged('sure', 'closes a value and adds a condition');
      if (isAfterString) return judgeValue(at, end, judged);
      if (isAfterValue)
        return judged(is(at + 1, '0') || isSign ? 'likely' : 'weak', 'closes a value and adds a condition');
      return undefined;
    case 'name':
      if (!stops || !isAfterString || end - at > 6) return undefined;
      if (reader.kind(end) === 'c' && isBareComment(text, end))
        return judged('likely', 'closes a value and adds a condition');
      return is(end - 1, ')') && before === at - 1
        ? judged('likely', 'closes a value and adds a condition')
        : undefined;
  }
}

/** `' or 'a`: two words in quotes with `or` between them are a search; one quote closed and one left open are not. */
function judgeValue(
  at: number,
  end: number,
  judged: (strength: Strength, what: string) => Judgement,
): Judgement {
  const isOpen = reader.tokens.isOpen && reader.kind(end) === '' && is(end - 1, 's');
  const isShort = sizeOf(0) < 12 && sizeOf(at + 1) < 12;
  const isPlain = !is(at + 1, 's');
  return judged(
    (isOpen && isShort) || (isPlain && reader.tokens.starts[0] === 0 && isShort) ? 'likely' : 'weak',
    'closes a value and adds a condition',
  );
}

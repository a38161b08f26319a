// The language's own functions and how many arguments they take.

interface BuiltinSignature {
  readonly minArgs: number;
  readonly maxArgs: number;
  /** True when the second argument is a predicate: `any(list, { # > 1 })`. */
  readonly takesPredicate: boolean;
}

export const BUILTINS: ReadonlyMap<string, BuiltinSignature> = new Map([
  ...predicate('all any one none filter map find findIndex findLast findLastIndex groupBy', 2, 2),
  ...predicate('count sum', 1, 2),
  ...predicate('sortBy reduce', 2, 3),
  ...plain(
    'len type abs ceil floor round int float string upper lower toJSON fromJSON toBase64 fromBase64',
    1,
    1,
  ),
  ...plain('first last keys values toPairs fromPairs reverse uniq flatten bitnot duration timezone', 1, 1),
  ...plain('trim trimPrefix trimSuffix join sort', 1, 2),
  ...plain('split splitAfter', 2, 3),
  ...plain('replace', 3, 4),
  ...plain('repeat indexOf lastIndexOf hasPrefix hasSuffix get take', 2, 2),
  ...plain('bitand bitor bitxor bitnand bitshl bitshr bitushr', 2, 2),
  ...plain('max min mean median', 0, Infinity),
  ...plain('concat', 1, Infinity),
  ...plain('now', 0, 1),
  ...plain('date', 1, 4),
]);

function plain(names: string, minArgs: number, maxArgs: number): [string, BuiltinSignature][] {
  return names.split(' ').map((name) => [name, { minArgs, maxArgs, takesPredicate: false }]);
}

function predicate(names: string, minArgs: number, maxArgs: number): [string, BuiltinSignature][] {
  return names.split(' ').map((name) => [name, { minArgs, maxArgs, takesPredicate: true }]);
}

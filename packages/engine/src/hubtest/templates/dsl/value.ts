// The values of the small language in request templates. Strings hold bytes, one character each, since templates make
// requests with them.

export type DslValue = string | number | boolean | null | readonly DslValue[];

/** What went wrong in an expression; caught where the expression was started. */
export class DslError extends Error {}

/** As Go prints it: no exponent, `true`, nothing for null. */
export function textOf(value: DslValue): string {
  if (value === null) return '';
  if (typeof value === 'object') return `[${value.map(textOf).join(' ')}]`;
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
}

export function numberOf(value: DslValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    throw new DslError(`'${textOf(value)}' is no number`);
  return number;
}

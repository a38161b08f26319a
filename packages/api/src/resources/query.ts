// Parts of queries that several resources have.

import { parseDuration, parseIpOrCidr, type Cidr } from '@parapet/kinds';
import { z } from 'zod';
import { Problem } from '../problem.ts';

const MOST_ITEMS = 500;

export const paging: {
  readonly limit: z.ZodDefault<z.ZodCoercedNumber>;
  readonly cursor: z.ZodOptional<z.ZodString>;
} = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_ITEMS)
    .default(50)
    .describe(`At most so many, up to ${MOST_ITEMS}`),
  cursor: z.string().max(200).optional().describe('`next` of the page before'),
};

/** `true` or `false`. */
export const flag: z.ZodType<boolean, 'true' | 'false'> = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true');

export const moment: z.ZodString = z.string().max(40).describe('RFC 3339, or so long ago: `24h`, `7d`');

/** Reads a moment; throws a Problem. */
export function momentOf(name: string, raw: string | undefined, now: Date): Date | undefined {
  if (raw === undefined) return undefined;
  const days = /^(\d{1,6})d$/.exec(raw);
  const agoMs = days === null ? parseDuration(raw) : Number(days[1]) * 86_400_000;
  const at = agoMs === undefined ? new Date(raw) : new Date(now.getTime() - agoMs);
  if (Number.isNaN(at.getTime()) || (agoMs === undefined && !/^\d{4}-\d\d-\d\dT/.test(raw)))
    throw new Problem(400, 'E_API_QUERY', `${name} has to be RFC 3339 or a length of time such as 24h`);
  return at;
}

/** Reads an address or range; throws a Problem. */
export function placeOf(name: string, raw: string | undefined): Cidr | undefined {
  if (raw === undefined) return undefined;
  const cidr = raw.length > 100 ? undefined : parseIpOrCidr(raw);
  if (cidr === undefined) throw new Problem(400, 'E_API_QUERY', `${name} has to be an address or a range`);
  return cidr;
}

/** Writes a cursor: numbers, which nobody needs to understand. */
export function cursorOf(...parts: readonly number[]): string {
  return Buffer.from(parts.join(' ')).toString('base64url');
}

/** Reads a cursor of so many numbers; throws a Problem. */
export function readCursor(raw: string | undefined, count: number): readonly number[] | undefined {
  if (raw === undefined) return undefined;
  const parts = Buffer.from(raw, 'base64url').toString('latin1').split(' ');
  const numbers = parts.map((part) => (/^-?\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.length !== count || numbers.some(Number.isNaN))
    throw new Problem(400, 'E_API_QUERY', 'cursor is none of ours; begin without one');
  return numbers;
}

/** Reads the number of a path; throws a Problem. */
export function numberOf(raw: string): number {
  if (/^\d{1,15}$/.test(raw)) return Number(raw);
  throw new Problem(404, 'E_API_ABSENT', 'There is nothing of this number');
}

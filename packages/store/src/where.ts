// Conditions of a query, collected with their parameters; the SQL text is the same for the same filter shape.
import type { SqlValue } from './database.ts';

export class Where {
  readonly #conditions: string[] = [];
  readonly params: SqlValue[] = [];

  and(condition: string, ...params: readonly SqlValue[]): this {
    this.#conditions.push(condition);
    this.params.push(...params);
    return this;
  }

  /** Adds the condition when the value is given. */
  andIf(condition: string, value: string | number | undefined): this {
    return value === undefined ? this : this.and(condition, value);
  }

  /**
   * Adds that a row is about one of these sites; undefined are all, and those of which it is not known. `areFew`: another
   * condition leads to few rows, and no index on sites is to be taken instead.
   */
  andSites(sites: readonly string[] | undefined, areFew = false): this {
    if (sites === undefined) return this;
    // With a sign before it a column leads to no row.
    const site = areFew ? '+site' : 'site';
    // One is an equality, by which an index can be read in its order; the second half leads to a partial one.
    const of = sites.length === 1 ? `${site} = ?` : `${site} IN (SELECT value FROM json_each(?))`;
    return this.and(`${of} AND site <> ''`, sites.length === 1 ? sites[0]! : JSON.stringify(sites));
  }

  /** Adds that a column has one of the values when they are given. */
  andIfIn(column: string, values: readonly (string | number)[] | undefined): this {
    return values === undefined
      ? this
      : this.and(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values));
  }

  /** `WHERE …`, or nothing when everything is asked for. */
  get sql(): string {
    return this.#conditions.length === 0 ? '' : `WHERE ${this.condition}`;
  }

  /** The condition alone; `TRUE` when everything is asked for. */
  get condition(): string {
    return this.#conditions.length === 0 ? 'TRUE' : this.#conditions.join(' AND ');
  }
}

// What goes wrong while lines are parsed. One line's trouble never stops the engine: it is counted, by code
// and parser, with one example, and told on request.

export type FaultCode =
  /** An expression met values that it is not defined on. */
  | 'E_PARSER_EXPRESSION'
  /** A filter or whitelist expression gave something other than true or false: taken as false. */
  | 'E_PARSER_NOT_BOOLEAN'
  /** A static's expression gave a value that is no text: the event is dropped, as CrowdSec does. */
  | 'E_PARSER_STATIC_TYPE'
  /** A static names a field that events do not have. */
  | 'E_PARSER_TARGET'
  /** A pattern could not be applied within its limits. */
  | 'E_PARSER_PATTERN'
  /** Key or value of a stash are no text. */
  | 'E_PARSER_STASH'
  /** An enrichment failed. */
  | 'E_PARSER_ENRICHMENT';

export interface Fault {
  readonly code: FaultCode;
  readonly node: string;
  readonly count: number;
  /** The first one's message. */
  readonly example: string;
}

export class Faults {
  readonly #faults = new Map<string, { code: FaultCode; node: string; count: number; example: string }>();

  count(code: FaultCode, node: string, cause: unknown): void {
    const key = `${code} ${node}`;
    const fault = this.#faults.get(key);
    if (fault !== undefined) {
      fault.count++;
      return;
    }
    const example = cause instanceof Error ? cause.message : String(cause);
    this.#faults.set(key, { code, node, count: 1, example });
  }

  /** All faults so far, the most frequent first. */
  list(): readonly Fault[] {
    return [...this.#faults.values()].map((fault) => ({ ...fault })).toSorted((a, b) => b.count - a.count);
  }
}

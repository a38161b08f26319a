// An environment for tests: an event-like variable, a queue of events, and a few helper functions.

import {
  AnyMap,
  Float,
  GoDuration,
  GoTime,
  HostObject,
  ValueMap,
  type Environment,
  type HelperFunction,
  type Value,
  type Variable,
} from '../../src/expressions/index.ts';

export interface Frame {
  readonly meta: Record<string, string>;
  readonly parsed: Record<string, string>;
  readonly unmarshaled: Value;
  readonly queue: readonly Value[];
  readonly ms: number;
  /** What SetMeta was called with. */
  readonly written: [string, string][];
}

export function frame(parts: Partial<Frame> = {}): Frame {
  const ms = Date.UTC(2024, 1, 29, 18, 30, 15);
  return { meta: {}, parsed: {}, unmarshaled: new AnyMap(), queue: [], ms, written: [], ...parts };
}

class Texts extends ValueMap {
  readonly #texts: Record<string, string>;
  constructor(texts: Record<string, string>) {
    super();
    this.#texts = texts;
  }
  get(key: string): Value {
    return this.has(key) ? this.#texts[key]! : '';
  }
  has(key: string): boolean {
    return Object.hasOwn(this.#texts, key);
  }
  set(key: string, value: Value): void {
    this.#texts[key] = text(value);
  }
  keys(): Iterable<string> {
    return Object.keys(this.#texts);
  }
  get size(): number {
    return Object.keys(this.#texts).length;
  }
}

export class EventObject extends HostObject {
  readonly #frame: Frame;
  constructor(of: Partial<Frame>) {
    super();
    this.#frame = frame(of);
  }
  field(name: string): Value | undefined {
    switch (name) {
      case 'Meta':
        return new Texts(this.#frame.meta);
      case 'Parsed':
        return new Texts(this.#frame.parsed);
      case 'Unmarshaled':
        return this.#frame.unmarshaled;
      case 'Time':
        return new GoTime(this.#frame.ms);
      case 'Nothing':
        return null;
      default:
        return undefined;
    }
  }
  method(name: string): ((args: readonly Value[]) => Value) | undefined {
    if (name === 'GetMeta') return ([key]) => this.#frame.meta[text(key)] ?? '';
    if (name !== 'SetMeta') return undefined;
    return ([key, value]) => {
      this.#frame.written.push([text(key), text(value)]);
      return true;
    };
  }
}

const evt: Variable<Frame> = {
  fields: ['Meta', 'Parsed', 'Unmarshaled', 'Time', 'Nothing'],
  get: (of) => new EventObject(of),
  member(path) {
    const [bag, name] = path;
    if ((bag === 'Meta' || bag === 'Parsed') && name !== undefined) {
      const key = bag === 'Meta' ? 'meta' : 'parsed';
      return {
        get: (of) => (Object.hasOwn(of[key], name) ? of[key][name]! : ''),
        steps: 2,
        reads: `${bag}.${name}`,
        isString: true,
      };
    }
    if (bag === undefined || new EventObject({}).field(bag) === undefined) return undefined;
    return { get: (of) => new EventObject(of).field(bag)!, steps: 1, reads: bag, isString: false };
  },
};

const queue: Variable<Frame> = {
  get: (of) => of.queue,
  member: (path) =>
    path[0] === 'Queue'
      ? { get: (of) => of.queue, steps: 1, reads: 'queue.Queue', isString: false }
      : undefined,
};

/** Values of every kind, for generated expressions. */
const any: Variable<Frame> = {
  get: (of) => of.unmarshaled,
  member: (path) =>
    path.length > 0 ? { get: (of) => of.unmarshaled, steps: 0, reads: 'any', isString: false } : undefined,
};

function helper(arity: number, call: (...args: Value[]) => Value, isPure = true): HelperFunction {
  return { call: (args) => call(...args), minArgs: arity, maxArgs: arity, isPure };
}

const text = (value: Value | undefined): string => {
  if (typeof value === 'string') return value;
  throw new TypeError('a string was expected');
};

export const FILES: Record<string, string[]> = {
  'paths.txt': ['/.env', '/.git/config', '/wp-login.php', '/Admin', ''],
  'words.txt': ['select', 'union all', 'sleep('],
  'cves.json': [
    '{"uri":"/cgi-bin/x","cve":"CVE-1"}',
    '{"uri":"/cgi-bin/y","cve":"CVE-2"}',
    '{"cve":"CVE-3"}',
  ],
  'empty.txt': [],
};

/** How often each helper was called, to see what is computed when. */
export const calls = new Map<string, number>();
const counted = (name: string, of: HelperFunction): HelperFunction => ({
  ...of,
  call: (args) => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return of.call(args);
  },
});

export const environment: Environment<Frame> = {
  variables: { evt, queue, any },
  functions: {
    Upper: counted(
      'Upper',
      helper(1, (value) => text(value).toUpperCase()),
    ),
    Lower: counted(
      'Lower',
      helper(1, (value) => text(value).toLowerCase()),
    ),
    File: helper(1, (name) => FILES[text(name)] ?? []),
    JsonExtract: counted(
      'JsonExtract',
      helper(
        2,
        (json, key) => (JSON.parse(text(json)) as Record<string, string | undefined>)[text(key)] ?? '',
      ),
    ),
    QueryUnescape: helper(1, (value) => decode(text(value).replaceAll('+', ' '))),
    PathUnescape: helper(1, (value) => decode(text(value))),
    TrimSpace: helper(1, (value) => text(value).trim()),
    Random: helper(0, () => new Float(Math.random()), false),
    Fails: helper(0, () => {
      throw new TypeError('broken helper');
    }),
    Wait: helper(1, (value) => new GoDuration(Number(value))),
  },
};

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

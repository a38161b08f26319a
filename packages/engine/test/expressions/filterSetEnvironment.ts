import type { Environment, HelperFunction } from '../../src/expressions/index.ts';
import { HostObject, type Value } from '../../src/expressions/index.ts';

export interface TestFrame {
  readonly meta: Record<string, string>;
}

const pure = (call: (text: string) => Value): HelperFunction => ({
  call: ([text]) => call(String(text as string)),
  minArgs: 1,
  maxArgs: 1,
  isPure: true,
});

class TestEvent extends HostObject {
  readonly #frame: TestFrame;
  constructor(frame: TestFrame) {
    super();
    this.#frame = frame;
  }
  field(): undefined {
    return undefined;
  }
  method(name: string): ((args: readonly Value[]) => Value) | undefined {
    if (name !== 'SetMeta') return undefined;
    return ([key, value]) => {
      this.#frame.meta[key as string] = value as string;
      return true;
    };
  }
}

/** An environment with `evt.Meta.*`, Upper, Lower and evt.SetMeta. */
export function createTestEnvironment(): Environment<TestFrame> {
  return {
    functions: { Upper: pure((text) => text.toUpperCase()), Lower: pure((text) => text.toLowerCase()) },
    variables: {
      evt: {
        get: (frame) => new TestEvent(frame),
        member: ([bag, name]) =>
          bag === 'Meta' && name !== undefined
            ? {
                get: (frame) => frame.meta[name] ?? '',
                steps: 2,
                reads: `Meta.${name}`,
                isString: true,
                ...slotOf(name),
              }
            : undefined,
      },
    },
  };
}

/** `Meta.a` and `Meta.b` are read by slot, where '' is no value; the others through their getters. */
export function slotsOf({ meta }: TestFrame): readonly (string | undefined)[] {
  return [meta['a'] === '' ? undefined : meta['a'], meta['b']];
}

function slotOf(name: string): { readonly slot?: number } {
  if (name === 'a') return { slot: 0 };
  return name === 'b' ? { slot: 1 } : {};
}

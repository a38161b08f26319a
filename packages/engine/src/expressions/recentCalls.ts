// Dozens of scenarios ask for Upper(evt.Meta.http_path) of one event. A pure helper's last answers to one text
// are kept, for all expressions together, and given again.

import type { HelperFunction } from './environment.ts';
import type { Value } from './value.ts';

/** Path, arguments, user agent and referrer of one request fit. */
const SIZE = 4;

const recent = new WeakMap<HelperFunction, (text: string) => Value>();

/** Returns the helper as a function of one text that remembers its last few answers. */
export function remembering(helper: HelperFunction): (text: string) => Value {
  const known = recent.get(helper);
  if (known !== undefined) return known;
  const texts: (string | undefined)[] = Array.from({ length: SIZE }, () => undefined);
  const answers: Value[] = Array.from({ length: SIZE }, () => null);
  let oldest = 0;
  const call = (text: string): Value => {
    for (let i = 0; i < SIZE; i++) if (texts[i] === text) return answers[i]!;
    const answer = helper.call([text]);
    texts[oldest] = text;
    answers[oldest] = answer;
    oldest = (oldest + 1) % SIZE;
    return answer;
  };
  recent.set(helper, call);
  return call;
}

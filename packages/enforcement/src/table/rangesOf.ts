// Ranges as the configuration and the tables of this package write them.

import { parseIpOrCidr, type Cidr } from '@parapet/kinds';

/** What is no range is left out: the configuration was checked where it was read. */
export function rangesOf(texts: readonly string[] = []): readonly Cidr[] {
  return texts.flatMap((text) => parseIpOrCidr(text) ?? []);
}

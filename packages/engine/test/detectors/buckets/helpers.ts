// The helper functions of expressions, for tests: no data files, no places, no log.

import { createHelpers } from '../../../src/expressions/helpers/index.ts';
import { DataFiles } from '../../../src/expressions/helpers/dataFiles.ts';
import { Stash } from '../../../src/expressions/helpers/stash.ts';
import type { HelperFunction } from '../../../src/expressions/index.ts';

export function helpers(): Readonly<Record<string, HelperFunction>> {
  const nowMs = (): number => 0;
  return createHelpers({
    dataFiles: new DataFiles(),
    stash: new Stash(nowMs),
    hostname: 'test',
    nowMs,
    log: () => undefined,
  });
}

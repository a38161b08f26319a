// The helper functions of CrowdSec's expressions: what `Upper`, `JsonExtract` or `File` mean in an item.

import type { HelperFunction } from '../environment.ts';
import { collectionHelpers } from './collections.ts';
import type { DataFiles } from './dataFiles.ts';
import { fileHelpers } from './files.ts';
import { geoHelpers, type GeoSource } from './geo.ts';
import { intervalHelpers } from './intervals.ts';
import { ipHelpers } from './ip.ts';
import { jsonHelpers } from './json.ts';
import { kvHelpers } from './kv.ts';
import { matchHelpers } from './match.ts';
import { stashHelpers, type Stash } from './stash.ts';
import { stringHelpers } from './strings.ts';
import { timeHelpers } from './time.ts';
import { urlHelpers } from './urls.ts';
import { xmlHelpers } from './xml.ts';

/** What helpers need of the world; everything else they know is in their arguments. */
export interface HelperContext {
  readonly dataFiles: DataFiles;
  readonly stash: Stash;
  /** Where addresses are; absent, the helpers that ask answer nil. */
  readonly geo?: GeoSource | undefined;
  readonly hostname: string;
  nowMs(): number;
  /** Takes what the reference writes to its log: a file that is missing, a text that does not parse. */
  log(message: string): void;
}

/** Returns the helpers by the name they have in expressions. */
export function createHelpers(context: HelperContext): Readonly<Record<string, HelperFunction>> {
  const log = (message: string): void => context.log(message);
  return {
    ...stringHelpers,
    ...jsonHelpers,
    ...kvHelpers,
    ...xmlHelpers(log),
    ...urlHelpers(log),
    ...ipHelpers(log),
    ...timeHelpers(() => context.nowMs(), log),
    ...collectionHelpers(log),
    ...matchHelpers,
    ...fileHelpers(context.dataFiles, log),
    ...geoHelpers(context.geo, log),
    ...intervalHelpers,
    ...stashHelpers(context.stash, log),
  };
}

// The helper functions of CrowdSec's expressions: what `Upper`, `JsonExtract` or `File` mean in an item.

import type { HelperFunction } from '../environment.ts';
import { collectionHelpers } from './collections.ts';
import type { DataFiles } from './dataFiles.ts';
import { decisionHelpers, type DecisionCounts } from './decisions.ts';
import { impure, text } from './define.ts';
import { fileHelpers } from './files.ts';
import { formatGo } from './format.ts';
import { geoHelpers, type GeoSource } from './geo.ts';
import { intervalHelpers } from './intervals.ts';
import { ipHelpers } from './ip.ts';
import { fingerprintHelpers } from './ja4h.ts';
import { jsonHelpers } from './json.ts';
import { kvHelpers } from './kv.ts';
import { matchHelpers } from './match.ts';
import { networkHelpers, type NetworkHelpers } from './network.ts';
import { stashHelpers, type Stash } from './stash.ts';
import { stringHelpers } from './strings.ts';
import { timeHelpers } from './time.ts';
import { urlHelpers } from './urls.ts';
import { xmlHelpers } from './xml.ts';

export { DataFiles } from './dataFiles.ts';
export { Stash } from './stash.ts';

/** What helpers need of the world; everything else they know is in their arguments. */
export interface HelperContext {
  readonly dataFiles: DataFiles;
  readonly stash: Stash;
  /** Where addresses are; absent, the helpers that ask answer nil. */
  readonly geo?: GeoSource | undefined;
  /** What is known of decisions; absent, the helpers that count them answer 0. */
  readonly decisions?: DecisionCounts | undefined;
  /** Present only when the operator lets expressions use the network. */
  readonly network?: NetworkHelpers | undefined;
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
    ...fileHelpers(context.dataFiles, (ip) => context.network?.confirmedNames(ip) ?? [], log),
    ...geoHelpers(context.geo, log),
    ...intervalHelpers,
    ...stashHelpers(context.stash, log),
    ...decisionHelpers(context.decisions, () => context.nowMs(), log),
    ...networkHelpers(context.network, log),
    ...fingerprintHelpers,
    Hostname: impure(() => context.hostname, 0),
    LogInfo: impure(
      (args) => {
        log(formatGo(text(args, 0), args.slice(1)));
        return true;
      },
      1,
      Infinity,
    ),
  };
}

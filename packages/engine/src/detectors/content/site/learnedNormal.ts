// The copy of what is normal that workers ask. It is read only: a new one takes its place when the engine sends it.

import type { Part, RequestParts } from '../parts.ts';
import { ANY_ROUTE, LEARNING_LIMITS, slotName } from './normal.ts';
import { parameterOf, routeOf } from './routes.ts';
import { placeOf } from './samples.ts';
import { shiftOf, type Shift } from './shift.ts';
import { restoreSlots } from './slotCodec.ts';
import type { SlotTable } from './slots.ts';
import { shapeOf } from './valueShape.ts';

export interface SiteNormal {
  /** Returns how far a part is from what is usual for the site; undefined when nothing can be said. */
  shift(request: RequestParts, part: Part): Shift | undefined;
}

/** A site that nothing is known of. */
export const NOTHING_LEARNED: SiteNormal = { shift: () => undefined };

/** Returns what `SiteLearner.compile` made, or why it cannot be used. */
export function readNormal(
  bytes: Uint8Array,
): { readonly ok: true; readonly normal: SiteNormal } | { readonly ok: false; readonly reason: string } {
  const restored = restoreSlots(bytes, LEARNING_LIMITS.parameters);
  return restored.ok ? { ok: true, normal: new LearnedNormal(restored.table) } : restored;
}

class LearnedNormal implements SiteNormal {
  readonly #table: SlotTable;
  // Parts of one request are asked for one after the other.
  #path = '';
  #route = '';

  constructor(table: SlotTable) {
    this.#table = table;
  }

  shift(request: RequestParts, part: Part): Shift | undefined {
    const place = placeOf(part.placement);
    if (place === undefined || part.kind === 'secret' || this.#table.used === 0) return undefined;
    const name = parameterOf(part.name);
    let slot = place === 'cookie' ? -1 : this.#table.find(slotName(this.#routeOf(request.path), place, name));
    if (slot < 0) slot = this.#table.find(slotName(ANY_ROUTE, place, name));
    if (slot < 0) return undefined;
    const isVouched = request.request.isVouched === true;
    const { value } = part;
    return shiftOf(this.#table, slot, value, shapeOf(value), { place, name, isVouched });
  }

  #routeOf(path: string): string {
    if (path !== this.#path || this.#route === '') {
      this.#path = path;
      this.#route = routeOf(path);
    }
    return this.#route;
  }
}

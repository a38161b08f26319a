// Where the readers of query, body and headers put what they find: keeps the order, applies the limits, and adds the
// other readings of each value.

import type { FieldKind, Placement } from '@parapet/kinds';
import type { Anomaly, Part } from '../parts.ts';
import { excerptOf, suspicionOf } from './excerpt.ts';
import type { DecodeLimits } from './limits.ts';
import { HAS_WIDE, isUnusualName, traitsOf } from './traits.ts';
import { NO_VIEWS, viewsOf } from './views.ts';

/** Past `limits.parts` so many of the most suspicious values still stand alone; the others share one excerpt. */
const KEPT_ALONE = 31;
const REST_LENGTH = 16_384;

interface Late {
  readonly placement: Placement;
  readonly name: string;
  readonly value: string;
  readonly suspicion: number;
}

export class Collector {
  readonly parts: Part[] = [];
  readonly anomalies: Anomaly[] = [];
  readonly #limits: DecodeLimits;
  #room: number;
  #late: Late[] = [];
  #rest = '';

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
    this.#room = limits.text;
  }

  /** Adds a value with its other readings; `lenient` is what a decoder sees that takes overlong characters. */
  add(placement: Placement, name: string, value: string, kind: FieldKind = 'text', lenient?: string): void {
    if (lenient !== undefined) this.note('overlong-utf8', placement, name, 'refuse');
    if (this.parts.length >= this.#limits.parts) {
      this.#addLate(placement, name, lenient ?? value);
      return;
    }
    const isExcerpt = value.length > this.#limits.valueLength;
    this.#push(
      placement,
      name,
      isExcerpt ? excerptOf(value, this.#limits.valueLength) : value,
      kind,
      lenient,
      isExcerpt,
    );
  }

  /** Adds a value that is known to have no other readings. */
  addPlain(placement: Placement, name: string, value: string, kind: FieldKind): void {
    if (this.parts.length >= this.#limits.parts) this.#addLate(placement, name, value);
    else this.parts.push({ placement, name, value, views: NO_VIEWS, kind, isExcerpt: false });
  }

  /** Adds the name of a parameter as a part of its own when it holds what names do not. */
  addName(name: string, rawName: string = name): void {
    if (isUnusualName(rawName)) this.add('name', name, rawName);
  }

  note(code: string, placement: Placement, name: string, severity: Anomaly['severity']): void {
    if (this.anomalies.length < 64) this.anomalies.push({ code, placement, name, severity });
  }

  /** A mark to go back to when what looked like JSON turns out to be none. */
  mark(): { readonly parts: number; readonly anomalies: number; readonly room: number } {
    return { parts: this.parts.length, anomalies: this.anomalies.length, room: this.#room };
  }

  goBackTo(mark: ReturnType<Collector['mark']>): void {
    this.parts.length = mark.parts;
    this.anomalies.length = mark.anomalies;
    this.#room = mark.room;
  }

  /** To be called once, when all has been added: gives what came after the limit. */
  finish(): void {
    if (this.#late.length === 0 && this.#rest === '') return;
    this.note('too-many-parts', 'body', '', 'note');
    for (const { placement, name, value } of this.#late)
      this.#push(placement, name, value, 'text', undefined, false);
    if (this.#rest !== '') this.#push('body', '', this.#rest, 'text', undefined, true);
    this.#late = [];
    this.#rest = '';
  }

  #push(
    placement: Placement,
    name: string,
    value: string,
    kind: FieldKind,
    lenient: string | undefined,
    isExcerpt: boolean,
  ): void {
    const traits = traitsOf(value);
    const shown = value.length > this.#room ? excerptOf(value, Math.max(1024, this.#room)) : value;
    this.#room -= shown.length;
    const other =
      lenient === undefined || isExcerpt ? lenient && excerptOf(lenient, this.#limits.valueLength) : lenient;
    const views = viewsOf(
      shown,
      traits | (lenient === undefined ? 0 : HAS_WIDE),
      other,
      Math.max(1024, this.#room),
    );
    for (const view of views) this.#room -= view.text.length;
    this.parts.push({ placement, name, value: shown, views, kind, isExcerpt: isExcerpt || shown !== value });
  }

  #addLate(placement: Placement, name: string, value: string): void {
    const suspicion = suspicionOf(value);
    if (this.#late.length < KEPT_ALONE) {
      this.#late.push({ placement, name, value: excerptOf(value, 1024), suspicion });
      return;
    }
    if (suspicion === 0) return;
    let weakest = 0;
    for (let i = 1; i < this.#late.length; i++) {
      if ((this.#late[i]?.suspicion ?? 0) < (this.#late[weakest]?.suspicion ?? 0)) weakest = i;
    }
    const other = this.#late[weakest];
    if (other !== undefined && other.suspicion < suspicion) {
      this.#late[weakest] = { placement, name, value: excerptOf(value, 1024), suspicion };
      this.#keepRest(other.value);
    } else this.#keepRest(value);
  }

  #keepRest(value: string): void {
    if (this.#rest.length < REST_LENGTH)
      this.#rest += (this.#rest === '' ? '' : '\n') + excerptOf(value, 1024);
  }
}

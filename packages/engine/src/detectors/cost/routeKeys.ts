// Under which names the cost of a request is kept. Addresses are many and routes are few: most addresses that come first
// differ from others in numbers and in what parameters are set to, and what is left has been read before.

import { MAX_NAMED } from '../traffic/paths.ts';
import { MOST_CHARACTERS, MOST_NAMES, routeNameOf } from './routeName.ts';

/** A power of two. */
const PLACES = 512;
const LONGEST: number = MAX_NAMED + MOST_NAMES * (MOST_CHARACTERS + 1);

const HASH = 0x23;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const QUESTION = 0x3f;

interface Kept {
  readonly shape: Uint8Array;
  readonly keys: readonly string[];
}

export class RouteKeys {
  readonly #kept: (Kept | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #shape = new Uint8Array(LONGEST);
  #length = 0;
  #isBytes = true;

  /** Returns the names, from the narrowest to the widest. */
  of(rawTarget: string): readonly string[] {
    const hash = this.#read(rawTarget);
    if (hash < 0) return keysOf(rawTarget);
    const place = hash & (PLACES - 1);
    const known = this.#kept[place];
    if (known !== undefined && this.#isShape(known.shape)) return known.keys;
    const keys = keysOf(rawTarget);
    this.#kept[place] = { shape: this.#shape.slice(0, this.#length), keys };
    return keys;
  }

  /** Writes down all that the names are made of; returns its hash, or -1 for what is no bytes. */
  #read(rawTarget: string): number {
    const question = rawTarget.indexOf('?');
    const pathEnd = question < 0 ? rawTarget.length : question;
    let hash = this.#readPath(rawTarget, Math.min(pathEnd, MAX_NAMED));
    // No path has the mark, no name has the others: what was put together can be told apart.
    let mark = QUESTION;
    let start = pathEnd + 1;
    for (let i = 0; i < MOST_NAMES && start < rawTarget.length; i++) {
      hash = this.#readName(rawTarget, start, mark, hash);
      mark = AMPERSAND;
      const next = rawTarget.indexOf('&', start);
      start = next < 0 ? rawTarget.length : next + 1;
    }
    return this.#isBytes ? (hash ^ (hash >>> 15)) & 0x7fffffff : -1;
  }

  #readPath(rawTarget: string, end: number): number {
    const shape = this.#shape;
    let hash = 0;
    let length = 0;
    let wasDigit = false;
    let seen = 0;
    for (let i = 0; i < end; i++) {
      const unit = rawTarget.charCodeAt(i);
      const isDigit = unit >= 0x30 && unit <= 0x39;
      if (isDigit && wasDigit) continue;
      wasDigit = isDigit;
      seen |= unit;
      hash = Math.imul(hash ^ (shape[length++] = isDigit ? HASH : unit), 0x01000193);
    }
    this.#length = length;
    this.#isBytes = seen <= 0xff;
    return hash;
  }

  #readName(rawTarget: string, start: number, mark: number, before: number): number {
    const shape = this.#shape;
    const end = Math.min(rawTarget.length, start + MOST_CHARACTERS);
    let hash = Math.imul(before ^ mark, 0x01000193);
    let length = this.#length;
    shape[length++] = mark;
    for (let i = start; i < end; i++) {
      const unit = rawTarget.charCodeAt(i);
      if (unit === AMPERSAND || unit === EQUALS) break;
      if (unit > 0xff) this.#isBytes = false;
      hash = Math.imul(hash ^ (shape[length++] = unit), 0x01000193);
    }
    this.#length = length;
    return hash;
  }

  #isShape(shape: Uint8Array): boolean {
    if (shape.length !== this.#length) return false;
    for (let i = 0; i < shape.length; i++) if (shape[i] !== this.#shape[i]) return false;
    return true;
  }
}

function keysOf(rawTarget: string): readonly string[] {
  const { path, route } = routeNameOf(rawTarget);
  const folder = `/${path.split('/', 2)[1] ?? ''}/*`;
  const hasFolder = path.includes('/', 1);
  const all = route === path ? [path] : [route, `${path}?*`];
  return hasFolder ? [...all, folder] : [...all, '/*'];
}

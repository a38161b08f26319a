// What a worker tells the engine of a request that the site answered well: for each parameter its name and the shape
// of its value. Values of people stay where they are; small ones leave as a keyed hash, so that a fixed list of
// choices can be known again.

import { ipBits, isPublicIp, type Ip, type Placement } from '@parapet/kinds';
import type { Part, RequestParts } from '../parts.ts';
import { foldText, isTelling } from './folding.ts';
import { keyedHash32, type HashKey } from './keyedHash.ts';
import { TELLING } from './novelty.ts';
import { parameterOf, routeOf } from './routes.ts';
import { shapeOf, type ValueShape } from './valueShape.ts';

export interface SiteSample {
  readonly atMs: number;
  readonly route: string;
  /** The keyed hash of the client's address (of its /64 for IPv6). */
  readonly source: number;
  /** The keyed hash of its network; that of the address for a private one. */
  readonly network: number;
  readonly isVouched: boolean;
  readonly parts: readonly PartSample[];
}

export interface PartSample extends ValueShape {
  readonly place: Place;
  /** The name of the parameter, its counters folded. */
  readonly name: string;
  /** The keyed hash of a value of at most 40 units, or 0. */
  readonly valueHash: number;
  /** What rules and the model had to say of it. */
  readonly logOdds: number;
  /** The folded value, base64, when it has something in common with attacks. */
  readonly folded?: string;
}

/** Where a parameter came from, as far as it makes another parameter of it. */
export type Place = 'query' | 'form' | 'json' | 'xml' | 'graphql' | 'cookie';

const MAX_PARTS = 128;
const LONGEST_CHOICE = 40;

/** Returns which parameter of the site a part is, or undefined when nothing is learned of such parts. */
export function placeOf(placement: Placement): Place | undefined {
  switch (placement) {
    case 'query':
    case 'json':
    case 'xml':
    case 'graphql':
    case 'cookie':
      return placement;
    case 'form':
    case 'multipart':
      return 'form';
    case 'path':
    case 'filename':
    case 'file':
    case 'header':
    case 'name':
    case 'body':
      return undefined;
  }
}

export interface SampleOrigin {
  readonly key: HashKey;
  readonly atMs: number;
  /** See `sourceOf`. */
  readonly source: number;
  readonly network: number;
}

/** Returns what the engine may learn from; secret fields are left out, and of very many parts the rest. */
export function sampleOf(
  request: RequestParts,
  logOddsOf: (part: Part) => number,
  { key, atMs, source, network }: SampleOrigin,
): SiteSample {
  const parts: PartSample[] = [];
  for (const part of request.parts) {
    const place = placeOf(part.placement);
    if (place === undefined || part.kind === 'secret' || part.isExcerpt) continue;
    const { value } = part;
    const shape = shapeOf(value);
    const folded = (shape.alphabet & TELLING) === 0 ? undefined : foldText(value);
    parts.push({
      ...shape,
      place,
      name: parameterOf(part.name),
      valueHash: value.length > LONGEST_CHOICE ? 0 : keyedHash32(key, value),
      logOdds: logOddsOf(part),
      ...(folded !== undefined && isTelling(folded)
        ? { folded: Buffer.from(folded).toString('base64') }
        : {}),
    });
    if (parts.length === MAX_PARTS) break;
  }
  return {
    atMs,
    route: routeOf(request.path),
    source,
    network,
    isVouched: request.request.isVouched === true,
    parts,
  };
}

/**
 * Returns the hashes under which an address is counted as a source. One who has an IPv6 network has 2^64 addresses, so
 * a /64 is one source; a /24 and a /48 are one network.
 */
export function sourceOf(key: HashKey, ip: Ip): Pick<SiteSample, 'source' | 'network'> {
  const [first = 0, second = 0] = ipBits(ip);
  const isV4 = ipBits(ip).length === 1;
  const source = keyedHash32(key, isV4 ? `4 ${first}` : `6 ${first} ${second}`);
  // In an intranet all are in one network, and neighbours are no strangers' zombies.
  if (!isPublicIp(ip)) return { source, network: source };
  const network = keyedHash32(key, isV4 ? `4/24 ${first >>> 8}` : `6/48 ${first} ${second >>> 16}`);
  return { source, network };
}

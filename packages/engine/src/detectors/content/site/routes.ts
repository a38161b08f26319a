// Which requests are alike: `/node/12/edit` and `/node/7/edit` are one route, `field[0][value]` and `field[1][value]`
// one parameter. What differs from page to page is folded to `*`; what is left is short, and short lists are learned.

const MAX_SEGMENTS = 8;
const MAX_ROUTE = 96;
const MAX_NAME = 64;
const LONGEST_SEGMENT = 32;

/** Returns the pattern of a path without its query: numbers, ids, hashes and slugs are `*`; at most 96 characters. */
export function routeOf(path: string): string {
  let route = '';
  let from = path.charCodeAt(0) === SLASH ? 1 : 0;
  for (let segments = 0; from < path.length; segments++) {
    if (segments === MAX_SEGMENTS || route.length > MAX_ROUTE - LONGEST_SEGMENT - 1) return `${route}/**`;
    let end = path.indexOf('/', from);
    if (end < 0) end = path.length;
    route += isSlug(path, from, end) ? '/*' : `/${path.slice(from, end).toLowerCase()}`;
    from = end + 1;
  }
  return route === '' ? '/' : route;
}

/** Returns the name of a parameter with its counters and ids folded to `*`; at most 64 characters. */
export function parameterOf(name: string): string {
  let folded = '';
  let kept = 0;
  let from = -1;
  const end = Math.min(name.length, MAX_NAME);
  for (let i = 0; i <= end; i++) {
    const isWord = i < end && isWordUnit(name.charCodeAt(i));
    if (isWord && from < 0) from = i;
    if (isWord || from < 0) continue;
    if (isCounter(name, from, i)) {
      folded += `${name.slice(kept, from)}*`;
      kept = i;
    }
    from = -1;
  }
  return kept === 0 && end === name.length ? name : folded + name.slice(kept, end);
}

const SLASH = 0x2f;

/** Whether a segment names one thing among many: it is long, has a number in it, or the words of a title. */
function isSlug(path: string, from: number, end: number): boolean {
  if (end - from > LONGEST_SEGMENT) return true;
  if (isCounter(path, from, end)) return true;
  let hyphens = 0;
  let digits = 0;
  for (let i = from; i < end; i++) {
    const unit = path.charCodeAt(i);
    if (unit === 0x2d) hyphens++;
    else if (isDigit(unit)) digits++;
    else if (!isWordUnit(unit) && unit !== 0x2e) return true;
  }
  return hyphens >= 2 || digits >= 4;
}

/** Whether it is a number, or eight and more hex digits with a number among them. */
function isCounter(text: string, from: number, end: number): boolean {
  let digits = 0;
  let others = 0;
  for (let i = from; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (isDigit(unit)) digits++;
    else if (isHexLetter(unit) || unit === 0x2d) others++;
    else return false;
  }
  return digits > 0 && (others === 0 || end - from >= 8);
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isHexLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66;
}

/** Letters, digits, `_` and `-`. */
function isWordUnit(unit: number): boolean {
  const lower = unit | 0x20;
  return isDigit(unit) || (lower >= 0x61 && lower <= 0x7a) || unit === 0x5f || unit === 0x2d;
}

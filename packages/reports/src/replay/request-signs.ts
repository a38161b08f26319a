// Small questions about the fields of a request, asked for every event of a log (250,000 a second): they
// compare characters and make no strings.

const ASSET_ENDINGS: ReadonlySet<number> = new Set(
  ['css', 'js', 'mjs', 'png', 'jpg', 'jpeg', 'gif', 'svg', 'webp', 'avif', 'ico', 'woff', 'off2', 'ttf'].map(
    endingCode,
  ),
);
/** A path is told from others by its length and its last characters; ids and names are at the end. */
const FINGERPRINT_LENGTH = 20;

/** Returns where the query or fragment starts, else the length. */
export function pathEnd(path: string): number {
  const query = path.indexOf('?');
  return query < 0 ? path.length : query;
}

/** Whether the path names something a browser fetches by itself to show a page. */
export function isAssetPath(path: string, end: number): boolean {
  let code = 0;
  let shift = 0;
  for (let i = end - 1; i >= 0 && i >= end - 6; i--) {
    const letter = path.charCodeAt(i);
    if (letter === 46) return ASSET_ENDINGS.has(code);
    if (letter === 47) return false;
    if (shift < 32) code |= (letter | 32) << shift;
    shift += 8;
  }
  return false;
}

/** Whether the path is one that answers 200 only to someone who is logged in, in Drupal and WordPress. */
export function isEditingPath(path: string): boolean {
  const initial = path.charCodeAt(1) | 32;
  if (initial === 97 /* a */) return path.startsWith('/admin/');
  if (initial === 119 /* w */)
    return path.startsWith('/wp-admin/') && !path.startsWith('/wp-admin/admin-ajax');
  if (initial !== 110 && initial !== 117 && initial !== 109) return false;
  if (path.startsWith('/node/add')) return true;
  return (
    (path.startsWith('/node/') || path.startsWith('/user/') || path.startsWith('/media/')) &&
    (path.endsWith('/edit') || path.includes('/edit?'))
  );
}

/** Returns a number that tells this path from others; never 0. */
export function pathFingerprint(path: string, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start);
  for (let i = Math.max(start, end - FINGERPRINT_LENGTH); i < end; i++)
    hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return hash | 1;
}

/** Returns the fingerprint of a referrer's path, or 0 when it has none. */
export function referrerFingerprint(referrer: string): number {
  const authority = referrer.indexOf('//');
  const start = referrer.indexOf('/', authority < 0 ? 0 : authority + 2);
  return start < 0 ? 0 : pathFingerprint(referrer, start, pathEnd(referrer));
}

/** Returns a number that tells this user agent from others, from a few of its characters; never 0. */
export function agentFingerprint(userAgent: string): number {
  const length = userAgent.length;
  let hash = length;
  for (let i = 1; i <= 8; i++) hash = Math.imul(hash, 31) ^ userAgent.charCodeAt(((length * i) >> 3) - 1);
  return hash | 1;
}

/**
 * Returns a copy of the text that owns its characters. A piece of a line keeps the whole block of the
 * file that it was cut from alive in V8; what is kept for the length of a replay must not.
 */
export function detach(text: string): string {
  return text.length === 0 ? '' : ` ${text}`.slice(1);
}

function endingCode(ending: string): number {
  let code = 0;
  for (let i = 0; i < ending.length; i++) code = (code << 8) | ending.charCodeAt(i);
  return code;
}

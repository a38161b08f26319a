// Path and target of a request as Coraza hands them to rules: read by Go's `net/url`, which undoes %XX in the path
// once, and takes a target with a wrong escape or a control character as it is, query and all.

import { hexValue, unescapeUrl } from './bytes.ts';

export interface ReadUri {
  /** `REQUEST_FILENAME`: the path, decoded once. */
  readonly path: string;
  /** `REQUEST_URI`: path and query; a path with characters that have to be escaped is written anew. */
  readonly full: string;
  /** What stands behind the first `?`. */
  readonly query: string;
}

/** Reads the target of a request line; one that cannot be read is taken whole for path and target. */
export function readUri(rawTarget: string): ReadUri {
  const hash = rawTarget.indexOf('#');
  const target = hash < 0 ? rawTarget : rawTarget.slice(0, hash);
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const rest = mark < 0 ? target : target.slice(0, mark);
  const host = hostEnd(rest);
  const rawPath = rest.slice(host);
  if (!isReadable(target, rawPath)) return { path: target, full: target, query };
  const path = unescapeUrl(rawPath, false);
  const full = isWellWritten(rawPath)
    ? target
    : rest.slice(0, host) + escapePath(path) + target.slice(rest.length);
  return { path, full, query };
}

/** Whether every character of a target may stand in one as it is, so that nothing of it is written anew. */
export function isPlainTarget(rawTarget: string): boolean {
  return PLAIN.test(rawTarget);
}

const PLAIN = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/?]*$/;

/** Where the path begins in `http://host/path`; 0 in the usual form. */
function hostEnd(rest: string): number {
  if (rest.startsWith('/')) return 0;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.exec(rest);
  if (scheme === null) return 0;
  const slash = rest.indexOf('/', scheme[0].length);
  return slash < 0 ? rest.length : slash;
}

function isReadable(target: string, rawPath: string): boolean {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return false;
  }
  for (let at = rawPath.indexOf('%'); at >= 0; at = rawPath.indexOf('%', at + 1)) {
    if (hexValue(rawPath.charCodeAt(at + 1)) < 0 || hexValue(rawPath.charCodeAt(at + 2)) < 0) return false;
  }
  return true;
}

const NO_NEED = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]*$/;

function isWellWritten(rawPath: string): boolean {
  return NO_NEED.test(rawPath);
}

function escapePath(path: string): string {
  return path.replace(
    /[^A-Za-z0-9\-_.~$&+,/:;=@]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

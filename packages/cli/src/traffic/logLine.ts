// A made-up request as a line of an access log in the combined format.

import type { TrafficRequest } from '@parapet/engine';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function combinedLine({
  atMs,
  ip,
  method,
  rawPath,
  status,
  referrer,
  userAgent,
}: TrafficRequest): string {
  const at = new Date(atMs).toISOString();
  const day = `${at.slice(8, 10)}/${MONTHS[Number(at.slice(5, 7)) - 1]}/${at.slice(0, 4)}`;
  const quoted = (text: string): string => (text === '' ? '-' : text);
  return `${ip} - - [${day}:${at.slice(11, 19)} +0000] "${method} ${rawPath} HTTP/1.1" ${status} 5120 "${quoted(referrer)}" "${quoted(userAgent)}"`;
}

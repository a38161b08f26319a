// Fixed limits as they are in use, to hold the learned detectors against.

import type { TrafficRequest } from '@parapet/engine';

export interface Peer {
  readonly name: string;
  observe: (request: TrafficRequest) => void;
  hasStopped: (ip: string) => boolean;
}

/** nginx's `limit_req zone=… rate=10r/s burst=20`, where whom it refused once counts as stopped. */
export function rateLimit(): Peer {
  return bucketPeer('nginx limit_req, 10 a second, burst 20', 20, 100, () => true);
}

/** crowdsecurity/http-crawl-non_statics: 40 different pages, one of which leaks every half second. */
export function crawlLimit(): Peer {
  const seen = new Map<string, Set<string>>();
  return bucketPeer('CrowdSec http-crawl-non_statics', 40, 500, ({ ip, rawPath, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return false;
    if (/\.(?:css|js|png|jpe?g|gif|svg|webp|ico|woff2?|map)(?:\?|$)/.test(rawPath)) return false;
    const paths = seen.get(ip) ?? new Set<string>();
    seen.set(ip, paths);
    if (paths.has(rawPath)) return false;
    paths.add(rawPath);
    return true;
  });
}

function bucketPeer(
  name: string,
  capacity: number,
  leakMs: number,
  counts: (request: TrafficRequest) => boolean,
): Peer {
  const buckets = new Map<string, { level: number; atMs: number }>();
  const stopped = new Set<string>();
  return {
    name,
    observe: (request) => {
      if (!counts(request)) return;
      const { ip, atMs } = request;
      const bucket = buckets.get(ip) ?? { level: 0, atMs };
      const level = Math.max(0, bucket.level - (atMs - bucket.atMs) / leakMs) + 1;
      buckets.set(ip, { level, atMs });
      if (level > capacity + 1) stopped.add(ip);
    },
    hasStopped: (ip) => stopped.has(ip),
  };
}

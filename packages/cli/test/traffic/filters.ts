// A shop whose people filter now and then, and crawls through its filters.

import { combinedLine } from '../../src/traffic/logLine.ts';

export const MONDAY: number = Date.UTC(2026, 2, 2);
export const MINUTE_MS = 60_000;
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36';

export interface Asked {
  readonly atMs: number;
  readonly ip: string;
  readonly rawPath: string;
}

/** An hour of people: each reads pages with their files, and some filter at the end or at once. */
export function people(startMs: number, minutes: number): Asked[] {
  const asked: Asked[] = [];
  for (let i = 0; i < minutes * 6; i++) {
    const atMs = startMs + i * 10_000;
    const ip = `198.51.${Math.floor(i / 250) % 250}.${i % 250}`;
    for (let page = 0; page < 3; page++)
      for (const path of [`/node/${(i + page) % 90}`, '/themes/site.css', '/themes/site.js'])
        asked.push({ atMs: atMs + page * 20_000, ip, rawPath: path });
    asked.push({ atMs: atMs + (i % 5 === 0 ? -1000 : 70_000), ip, rawPath: facet(i) });
  }
  return asked;
}

export function crawl(startMs: number, addresses: number, ip: (n: number) => string): Asked[] {
  return Array.from({ length: addresses * 2 }, (_, i) => ({
    atMs: startMs + i * 200,
    ip: ip(i >> 1),
    rawPath: facet(1_000_000 + i),
  }));
}

function facet(n: number): string {
  return `/products?f%5B0%5D=colour%3A${n % 113}&f%5B1%5D=brand%3A${n}`;
}

/** `tail`: what the log has behind the combined format. */
export function log(asked: readonly Asked[], tail: (one: Asked) => string = () => ''): string {
  return asked
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(
      (one) =>
        combinedLine({ site: '', method: 'GET', status: 200, referrer: '', userAgent: BROWSER, ...one }) +
        tail(one),
    )
    .join('\n')
    .concat('\n');
}

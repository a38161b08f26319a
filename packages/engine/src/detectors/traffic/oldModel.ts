// The model file of version 2, which `parapet train traffic` wrote before what was learnt and what goes on were one.
// It is checked before anything believes it.

import { ClientTable } from './clients.ts';
import type { SavedMinutes } from './minutes.ts';
import { SiteMonitor, type TrafficPart } from './monitor.ts';

const SERIES = ['requests', 'visitors', 'errors', 'posts', 'logins', 'payments'] as const;
const CLIENT_FIELDS = ['high', 'low', 'requests', 'squares', 'most', 'days'] as const;

/** Returns what such a file knows, in parts; undefined when the value is none. Visits are learnt anew. */
export function readOldModel(value: unknown): readonly TrafficPart[] | undefined {
  if (!isRecord(value) || value['version'] !== 2 || !Array.isArray(value['sites'])) return undefined;
  const parts: TrafficPart[] = [];
  for (const site of value['sites'] as readonly unknown[]) {
    const read = isRecord(site) ? readSite(site) : undefined;
    if (read === undefined) return undefined;
    parts.push(...read);
  }
  return parts;
}

function readSite(value: Record<string, unknown>): readonly TrafficPart[] | undefined {
  const { site, paths, clients } = value;
  if (typeof site !== 'string' || !isRecord(paths) || !Array.isArray(paths['paths'])) return undefined;
  const minutes = SERIES.flatMap((name) => {
    const read = readMinutes(value[name]);
    return read === undefined ? [] : [[name, read] as const];
  });
  const rows = readClients(clients);
  if (rows === undefined || minutes.length < SERIES.length) return undefined;
  const named = (paths['paths'] as readonly unknown[]).flatMap((path) =>
    Array.isArray(path) && typeof path[0] === 'string' && typeof path[1] === 'number'
      ? [[path[0], path[1], 0, 0, 0] as const]
      : [],
  );
  const requests = named.reduce((sum, [, count]) => sum + count, 0);
  const monitor = new SiteMonitor(site);
  monitor.restore({
    site,
    minutes: Object.fromEntries(minutes),
    paths: { paths: named, requests, usualFaded: 0 },
    clients: rows,
  });
  monitor.learn();
  return [...monitor.saveAll()];
}

function readMinutes(value: unknown): SavedMinutes | undefined {
  if (!isRecord(value) || typeof value['first'] !== 'number' || typeof value['counts'] !== 'string')
    return undefined;
  return { first: value['first'], counts: Uint32Array.from(numbersOf(value['counts'])) };
}

function readClients(value: unknown): Uint8Array | undefined {
  if (!isRecord(value)) return undefined;
  const texts = CLIENT_FIELDS.map((name) => value[name]);
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  const [high, low, requests, squares, most, days] = texts.map(numbersOf);
  const table = new ClientTable();
  for (const [i, hash] of high!.entries()) {
    const row = table.rowOfHash(hash, low![i] ?? 0, 1);
    table.at(row).setDays(requests![i] ?? 0, squares![i] ?? 0, most![i] ?? 0, days![i] ?? 0);
  }
  return table.bytes.slice(0, table.size * table.rowBytes(0).length);
}

/** Little-endian numbers of 32 bits in base64. */
function numbersOf(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(i * 4));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

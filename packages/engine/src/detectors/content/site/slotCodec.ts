// The saved form of the slots, little-endian: magic, version, checksum of all that follows, key, number of slots and
// words a slot, the records, then the names as JSON. What does not fit is refused whole: learning starts again.

import type { HashKey } from './keyedHash.ts';
import { SLOT, SlotTable } from './slots.ts';

const MAGIC = 0x314e5350; // "PSN1"
const VERSION = 1;
const HEADER_BYTES = 32;

export type Restored =
  | { readonly ok: true; readonly table: SlotTable }
  | { readonly ok: false; readonly reason: string };

/** Returns the saved form of the slots that are kept, with their names or without. */
export function saveSlots(
  table: SlotTable,
  hasNames: boolean,
  isKept: (slot: number) => boolean,
): Uint8Array {
  const kept: number[] = [];
  for (let slot = 0; slot < table.used; slot++) if (isKept(slot)) kept.push(slot);
  const names = new TextEncoder().encode(
    hasNames ? JSON.stringify(kept.map((slot) => table.nameOf(slot))) : '[]',
  );
  const recordBytes = kept.length * SLOT.size * 4;
  const bytes = new Uint8Array(HEADER_BYTES + recordBytes + names.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(12, table.key.k0, true);
  view.setUint32(16, table.key.k1, true);
  view.setUint32(20, kept.length, true);
  view.setUint32(24, SLOT.size, true);
  view.setUint32(28, names.length, true);
  let at = HEADER_BYTES;
  for (const slot of kept)
    for (let i = 0; i < SLOT.size; i++, at += 4) view.setUint32(at, table.words[slot * SLOT.size + i]!, true);
  bytes.set(names, HEADER_BYTES + recordBytes);
  view.setUint32(8, checksum(bytes), true);
  return bytes;
}

/** Reads the saved form into a table of the capacity; what is more than fits is left out. */
export function restoreSlots(bytes: Uint8Array, capacity: number): Restored {
  if (bytes.length < HEADER_BYTES) return refused('it is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refused('it is something else');
  const version = view.getUint32(4, true);
  if (version !== VERSION) return refused(`it is of version ${version}, this is version ${VERSION}`);
  const count = view.getUint32(20, true);
  const nameBytes = view.getUint32(28, true);
  if (view.getUint32(24, true) !== SLOT.size) return refused('its records have another size');
  if (bytes.length !== HEADER_BYTES + count * SLOT.size * 4 + nameBytes)
    return refused('its length is wrong');
  if (view.getUint32(8, true) !== checksum(bytes)) return refused('its checksum is wrong');
  const names = namesIn(bytes.subarray(bytes.length - nameBytes));
  if (names === undefined) return refused('its names cannot be read');
  const key: HashKey = { k0: view.getUint32(12, true), k1: view.getUint32(16, true) };
  const table = new SlotTable(key, capacity);
  for (let i = 0; i < Math.min(count, capacity); i++) {
    const from = HEADER_BYTES + i * SLOT.size * 4;
    const low = view.getUint32(from, true);
    const high = view.getUint32(from + 4, true);
    const at = table.addKey({ low, high }, names[i] ?? '') * SLOT.size;
    for (let word = 2; word < SLOT.size; word++)
      table.words[at + word] = view.getUint32(from + word * 4, true);
  }
  return { ok: true, table };
}

function refused(reason: string): Restored {
  return { ok: false, reason };
}

function namesIn(bytes: Uint8Array): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

/** FNV-1a over everything but the magic, the version and the checksum itself. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 12; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

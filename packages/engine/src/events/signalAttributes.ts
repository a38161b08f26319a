// The attributes of a signal as fields of Parsed. An application chooses their names, so no parser can list them.

import { AnyMap, Float, type Value } from '../expressions/index.ts';
import type { Event, EventSchema } from './event.ts';

/** Names that no item reads and that still become fields, so that `explain` shows them. */
const MOST_UNREAD_NAMES = 500;
/** What parsers go by. Signals that name them are refused, but a file that is replayed may hold anything. */
const TAKEN: ReadonlySet<string> = new Set(['message', 'program', 'timestamp', 'logsource']);

/** Returns what writes the attributes of the signal that is in `evt.Unmarshaled.signal`. */
export function attributeWriter(schema: EventSchema): (value: string, event: Event) => void {
  let unreadNames = 0;
  return (_value, event) => {
    const signal = event.unmarshaled?.get('signal');
    const attributes = signal instanceof AnyMap ? signal.get('attributes') : undefined;
    if (!(attributes instanceof AnyMap)) return;
    for (const name of attributes.keys()) {
      const text = textOf(attributes.get(name));
      if (text === undefined || TAKEN.has(name)) continue;
      // Each name takes a place for ever.
      if (schema.find('Parsed', name) === -1 && unreadNames++ >= MOST_UNREAD_NAMES) continue;
      event.set(schema.slot('Parsed', name), text);
    }
  };
}

/** As in `evt.Parsed`: a list is joined by commas; undefined for what a signal cannot have. */
function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Float) return String(value.value);
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  return items.every((item) => typeof item === 'string') ? items.join(',') : undefined;
}

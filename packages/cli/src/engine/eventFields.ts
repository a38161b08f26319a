// What a report counts of an event, read off its slots into one object that is used again and again.

import type { Event, EventSchema } from '@parapet/engine';
import type { EventFields } from '@parapet/reports';

/** Returns a reader for events of the schema; what it returns is valid until the next call. */
export function eventFields(schema: EventSchema): (event: Event) => EventFields {
  const source = schema.slot('Meta', 'source_ip');
  const status = schema.slot('Meta', 'http_status');
  const path = schema.slot('Meta', 'http_path');
  const userAgent = schema.slot('Meta', 'http_user_agent');
  const referrer = schema.slot('Parsed', 'http_referer');
  const user = schema.slot('Parsed', 'remote_user');
  const fields = { atMs: 0, source: '', status: '', path: '', referrer: '', userAgent: '', user: '' };
  return (event) => {
    const { values } = event;
    fields.atMs = event.timeMs;
    fields.source = values[source] ?? '';
    fields.status = values[status] ?? '';
    fields.path = values[path] ?? '';
    fields.referrer = values[referrer] ?? '';
    fields.userAgent = values[userAgent] ?? '';
    fields.user = values[user] ?? '';
    return fields;
  };
}

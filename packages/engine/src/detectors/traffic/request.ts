// What the traffic detectors look at: one answered request, as every access log tells it.

import type { Event, EventSchema } from '../../events/index.ts';

export interface TrafficRequest {
  atMs: number;
  /** The site of the gateway, or the host that was asked; '' for `MAIN_SITE`, and where the log does not say. */
  site: string;
  ip: string;
  method: string;
  /** As requested, with its query. */
  rawPath: string;
  status: number;
  referrer: string;
  userAgent: string;
}

/**
 * What the gateway and the configuration call a site that needs no name. A log that names no hosts is of the same one,
 * so that what past logs teach holds for what comes through the gateway.
 */
export const MAIN_SITE = 'main';

/** Returns a reader of events; what it returns is valid until the next call, undefined for what is no request. */
export function trafficReader(schema: EventSchema): (event: Event) => TrafficRequest | undefined {
  const slot = (name: string): number => schema.slot('Meta', name);
  const ip = slot('source_ip');
  const method = slot('http_verb');
  const path = slot('http_path');
  const status = slot('http_status');
  const agent = slot('http_user_agent');
  const site = slot('site');
  const host = slot('target_fqdn');
  const referrer = schema.slot('Parsed', 'http_referer');
  const request = {
    atMs: 0,
    site: '',
    ip: '',
    method: '',
    rawPath: '',
    status: 0,
    referrer: '',
    userAgent: '',
  };
  return ({ values, timeMs, marshaledTime }) => {
    const address = values[ip];
    const rawPath = values[path];
    const answered = values[status];
    if (address === undefined || rawPath === undefined || answered === undefined || marshaledTime === '')
      return undefined;
    request.atMs = timeMs;
    const name = values[site] ?? values[host] ?? '';
    request.site = name === MAIN_SITE ? '' : name;
    request.ip = address;
    request.method = values[method] ?? '';
    request.rawPath = rawPath;
    request.status = Number(answered) | 0;
    request.referrer = known(values[referrer]);
    request.userAgent = known(values[agent]);
    return request;
  };
}

function known(value: string | undefined): string {
  return value === undefined || value === '-' ? '' : value;
}

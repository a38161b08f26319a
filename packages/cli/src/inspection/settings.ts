// The configuration's section as inspectors want it: the gateway's workers and `parapet inspect` have it from here.

import type { InspectionSettings } from '@parapet/engine';
import type { Config } from '../config/schema.ts';

export interface InspectionFor extends InspectionSettings {
  /** So much of a body is read before anything is forwarded. */
  readonly bodyBytes: number;
}

export function inspectionFor(inspection: Config['inspection']): InspectionFor {
  return {
    falsePositivesPerMillion: inspection.false_positives_per_million,
    bodyBytes: inspection.body_bytes,
  };
}

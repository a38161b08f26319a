// Says what the lines of a file are labelled with, where the type has to be found out from the lines themselves.

import type { LineOrigin } from '@parapet/kinds';
import { detectLogType, type DetectedType } from './detect-type.ts';

/** Below this the next lines are asked again. */
const SURE = 0.5;

/**
 * Returns the `originOf` of a tail: with the labels' own type if they have one, else with the type that the first
 * lines of each path show. Until one is recognised the type is `unknown`, and every batch is asked anew.
 */
export function fileOrigins(
  labels: Readonly<Record<string, string>>,
  onDetected: (path: string, detected: DetectedType) => void = () => {},
): (path: string, lines: readonly string[]) => LineOrigin {
  const known = new Map<string, LineOrigin>();
  return (path, lines) => {
    const origin = known.get(path);
    if (origin !== undefined) return origin;
    const make = (type: string): LineOrigin => ({ src: path, module: 'file', labels: { ...labels, type } });
    const given = labels['type'];
    const detected = given === undefined ? detectLogType(lines, path) : undefined;
    if (detected !== undefined && (detected.type === undefined || detected.confidence < SURE))
      return make('unknown');
    const found = make(given ?? detected!.type!);
    known.set(path, found);
    if (detected !== undefined) onDetected(path, detected);
    return found;
  };
}

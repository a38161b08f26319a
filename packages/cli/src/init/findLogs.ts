// Looks for logs in the usual places, and says what they are.

import path from 'node:path';
import { detectLogType, expandGlob } from '@parapet/engine';
import { readLastLines } from '../doctor/lastLines.ts';
import { realFiles } from '../io/files.ts';

export interface FoundLog {
  /** A path, or a pattern where several logs of one type are together. */
  readonly file: string;
  readonly type: string;
  /** What it is, for people. */
  readonly sentence: string;
}

/** A log that is there and is not proposed. */
export interface LeftLog {
  readonly file: string;
  readonly why: string;
}

export interface FoundLogs {
  readonly logs: readonly FoundLog[];
  readonly left: readonly LeftLog[];
}

interface Place {
  readonly pattern: string;
  /** What such a log is when its lines do not say, as when it is still empty. */
  readonly type: string;
  /** Logs of all programs: only worth reading when Drupal writes there. */
  readonly onlyDrupal?: true;
}

const PLACES: readonly Place[] = [
  { pattern: '/var/log/nginx/*access*.log', type: 'nginx' },
  { pattern: '/var/log/apache2/*access*.log', type: 'apache2' },
  { pattern: '/var/log/httpd/*access*log', type: 'apache2' },
  { pattern: '/var/log/auth.log', type: 'syslog' },
  { pattern: '/var/log/secure', type: 'syslog' },
  { pattern: '/var/log/drupal*.log', type: 'drupal' },
  { pattern: '/var/log/syslog', type: 'syslog', onlyDrupal: true },
  { pattern: '/var/log/messages', type: 'syslog', onlyDrupal: true },
];
const SAMPLE = 500;
const DRUPAL_LINE = /https?:\/\/[^|\s]+\|\d{9,11}\|/;

/** Returns the logs below `root`, which is `/` but in tests and in images of other machines. */
export async function findLogs(root: string): Promise<FoundLogs> {
  const logs: FoundLog[] = [];
  const left: LeftLog[] = [];
  for (const place of PLACES) {
    const pattern = path.join(root, place.pattern);
    const found: FoundLog[] = [];
    const files = await expandGlob(realFiles, pattern);
    for (const file of files) {
      const one = await look(file, place);
      if ('type' in one) found.push(one);
      else left.push(one);
    }
    const isOne =
      found.length > 1 && found.length === files.length && new Set(found.map(({ type }) => type)).size === 1;
    // A pattern takes in the log of a site that is added later.
    if (isOne) logs.push({ file: pattern, type: found[0]!.type, sentence: `${found.length} logs` });
    else logs.push(...found);
  }
  return { logs, left };
}

async function look(file: string, place: Place): Promise<FoundLog | LeftLog> {
  let lines: readonly string[];
  try {
    lines = (await readLastLines(file, SAMPLE))?.lines ?? [];
  } catch (error) {
    return { file, why: `it cannot be read (${(error as Error).message})` }; // node:fs rejects with Errors
  }
  if (place.onlyDrupal === true && !lines.some((line) => DRUPAL_LINE.test(line)))
    return { file, why: 'Drupal does not write there' };
  if (lines.length === 0) return { file, type: place.type, sentence: 'still empty' };
  const { type, confidence, sentence } = detectLogType(lines, file);
  if (type === undefined || confidence < 0.5) return { file, why: 'its lines look like no known log' };
  return { file, type, sentence };
}

// CrowdSec's own settings files: what logs are read, what is done about alerts, what is only shown. They are read as
// the engine will read them, and copied without what it could not use.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readAcquisition } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import type { CommandContext } from '../../context.ts';
import { counted, type Found } from './found.ts';
import type { CrowdsecSettings } from './settings.ts';

export interface TakenFile {
  /** Below the folder of the new configuration. */
  readonly name: string;
  readonly text: string;
}

/** Where what is copied lies, beside parapet.yaml. */
export const COPIES = 'crowdsec';

export function takeAcquisitions(
  context: CommandContext,
  { acquisitions, folder }: CrowdsecSettings,
  found: Found,
): readonly TakenFile[] {
  const files: TakenFile[] = [];
  for (const file of acquisitions) {
    const relative = file.startsWith(`${folder}${path.sep}`)
      ? path.relative(folder, file)
      : path.join('acquis.d', path.basename(file));
    const kept: string[] = [];
    for (const [i, document] of documentsOf(readFileSync(file, 'utf8')).entries()) {
      const problems: Problem[] = [];
      const sources = readAcquisition(file, document, context.env, problems);
      if (sources.length > 0 && problems.length === 0) kept.push(document);
      for (const { message, hint } of problems)
        found.leave(`source ${i + 1} of ${file}`, hint === undefined ? message : `${message}. ${hint}`);
    }
    if (kept.length === 0) continue;
    files.push({ name: path.join(COPIES, relative), text: kept.join('---\n') });
    found.take('sources', kept.length, `${counted(kept.length, 'source')} of logs from ${file}`);
  }
  return files;
}

/** Each document as it stands, comments and all; what has no content is left out. */
function documentsOf(text: string): readonly string[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (!('contents' in document) || document.contents === null) return [];
    const [start] = document.range;
    const body = text
      .slice(start, document.range[1])
      .replace(/^---[^\n]*\n/, '')
      .replace(/\n---\s*$/, '\n');
    return [body.endsWith('\n') ? body : `${body}\n`];
  });
}

export function takeProfiles({ profiles }: CrowdsecSettings, found: Found): readonly TakenFile[] {
  if (profiles === undefined) return [];
  const text = readFileSync(profiles, 'utf8');
  const names = new Set<string>();
  for (const document of parseAllDocuments(text)) {
    const content: unknown = 'toJSON' in document ? document.toJSON() : undefined;
    if (typeof content !== 'object' || content === null) continue;
    const { notifications } = content as { notifications?: unknown }; // looked into here
    for (const name of Array.isArray(notifications) ? notifications : []) names.add(String(name));
  }
  if (names.size > 0)
    found.leave(
      `notifications ${[...names].join(', ')} of ${profiles}`,
      "CrowdSec's notification plug-ins are not run: set up Parapet's own",
    );
  found.take('profiles', 1, `what is done about alerts, from ${profiles}`);
  return [{ name: path.join(COPIES, 'profiles.yaml'), text }];
}

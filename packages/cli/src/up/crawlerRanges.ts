// The ranges that search engines publish, for the gateway: those of our own item, so that both sides spare the same.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { OWN_ITEMS_FOLDER } from '../hub/hubFolder.ts';

const ITEM = 'postoverflows/s01-whitelist/parapet/verified-crawlers.yaml';

export function crawlerRanges(): readonly string[] {
  const item: unknown = parse(readFileSync(path.join(OWN_ITEMS_FOLDER, ITEM), 'utf8'));
  const { whitelist } = item as { readonly whitelist: { readonly cidr: readonly string[] } }; // it ships with this code
  return whitelist.cidr;
}

// Which data files an item names.

import { readDocuments, type ItemKind } from '@parapet/engine';
import { isDataFileName } from '../collectItems.ts';
import { HubError } from '../hubError.ts';

export interface DataNeed {
  readonly name: string;
  readonly sourceUrl: string;
}

/** Returns the data files that an item's expressions read; databases of places are given in other ways. */
export function dataNeedsOf(item: {
  readonly kind: ItemKind;
  readonly path: string;
  readonly text: string;
}): readonly DataNeed[] {
  if (!item.text.includes('dest_file')) return [];
  const needs: DataNeed[] = [];
  for (const { root } of readDocuments(item.path, item.text, [])) {
    for (const entry of root.maps('data')) {
      const name = entry.string('dest_file') ?? '';
      const type = entry.string('type') ?? '';
      if (name === '' || type === '' || type === 'mmdb') continue;
      if (!isDataFileName(name)) {
        throw new HubError(
          'E_HUB_DATA_NAME',
          `${item.path} names the data file '${name}', which would lie outside the folder of data`,
          'Nothing was installed.',
        );
      }
      needs.push({ name, sourceUrl: entry.string('source_url') ?? '' });
    }
  }
  return needs;
}

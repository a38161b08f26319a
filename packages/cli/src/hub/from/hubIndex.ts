// The hub's index, `.index.json`: by kind and name, where an item is, its version and the digests of all versions.

import { z } from 'zod';
import { HubError } from '../hubError.ts';
import { isItemKind, isItemPath, itemKey, type OfferedItem } from './hubSource.ts';

const entrySchema = z.object({
  path: z.string(),
  version: z.string(),
  versions: z.record(z.string(), z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/) })),
  description: z.string().nullish(),
  content: z.base64().nullish(),
});

const indexSchema = z.record(z.string(), z.record(z.string(), entrySchema).nullable());

export interface IndexedItem extends OfferedItem {
  /** The item's own text, where the index carries it. */
  readonly content: string | undefined;
}

/** Returns the items of an index by `kind:name`. Kinds of a later time are passed over; all else has to be right. */
export function parseIndex(from: string, text: string): ReadonlyMap<string, IndexedItem> {
  const refuse = (message: string): never => {
    throw new HubError(
      'E_HUB_INDEX',
      `The index of ${from} cannot be used: ${message}`,
      'Nothing was installed.',
    );
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('it is no JSON');
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.map(String).join(' > ') ?? ''}: ${issue?.message ?? ''}`);
  }
  const items = new Map<string, IndexedItem>();
  for (const [kind, entries] of Object.entries(parsed.data)) {
    if (!isItemKind(kind)) continue;
    for (const [name, entry] of Object.entries(entries ?? {})) {
      if (!isItemPath(kind, name, entry.path)) {
        return refuse(
          `'${name}' of ${kind} says that it is at '${entry.path}', which is no place for it in a hub`,
        );
      }
      const version = Object.hasOwn(entry.versions, entry.version)
        ? entry.versions[entry.version]
        : undefined;
      if (version === undefined) return refuse(`'${name}' has no digest for its version ${entry.version}`);
      items.set(itemKey(kind, name), {
        kind,
        name,
        path: entry.path,
        version: entry.version,
        digest: version.digest,
        description: entry.description ?? '',
        content: entry.content ?? undefined,
      });
    }
  }
  return items;
}

// Which offsets of the model apply to a part: the same in training and on the request path.

import type { Part } from '../parts.ts';
import type { PlacementGroup } from './layout.ts';

/** Returns undefined for what the model does not read: secrets, and files, whose bytes are no text. */
export function groupOf({ placement, kind }: Pick<Part, 'placement' | 'kind'>): PlacementGroup | undefined {
  if (kind === 'secret') return undefined;
  const isRich = kind === 'html' || kind === 'code';
  switch (placement) {
    case 'path':
    case 'filename':
      return 'path';
    case 'query':
    case 'form':
    case 'multipart':
      return isRich ? 'rich' : 'value';
    case 'json':
    case 'xml':
    case 'graphql':
    case 'body':
      return isRich ? 'rich' : 'body';
    case 'cookie':
    case 'header':
      return 'header';
    case 'name':
      return 'name';
    case 'file':
      return undefined;
  }
}

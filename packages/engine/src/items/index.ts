// The door of the item files: YAML with positions, and hubs as trees of items.

export {
  Hub,
  inLoadOrder,
  ITEM_KINDS,
  partsOf,
  placeOf,
  type HubTree,
  type ItemFile,
  type ItemKind,
} from './hub.ts';
export type { Position } from './lineStarts.ts';
export { MapReader, readDocuments } from './reader.ts';

// The door of the engine.

export type { Node } from './expressions/index.ts';
export { Event, EventSchema, GeoLookup, type Bag } from './events/index.ts';
export {
  Hub,
  inLoadOrder,
  ITEM_KINDS,
  partsOf,
  placeOf,
  readDocuments,
  type HubTree,
  type ItemFile,
  type ItemKind,
  type MapReader,
} from './items/index.ts';
export { DecisionsById, type AllowlistItem } from './decisions/index.ts';
export { crowdsecScope, parapetScope } from './detectors/scopes.ts';
export * from './detectors/content/index.ts';
export * from './detectors/cost/index.ts';
export * from './detectors/traffic/index.ts';
export { loadPipeline, type Loaded, type LoadOptions } from './load.ts';
export { Pipeline, type Listener, type PipelineCounts } from './pipeline.ts';
export {
  Perimeter,
  PERIMETER_DEFAULTS,
  PERIMETER_SCENARIO,
  readPerimeterSettings,
  type PerimeterSettings,
} from './detectors/perimeter/index.ts';
export { nearestName } from './patterns/nearestName.ts';
export * from './sources/index.ts';
export { CidrMap } from './verdicts/cidrMap.ts';
export { idMaker } from './verdicts/ids.ts';
export { SearchEngineRule } from './verdicts/neverRules.ts';
export { OPERATOR_HOURS, type Finding, type OperatorSighting, type Verdict } from './verdicts/index.ts';
export * from './hubtest/index.ts';

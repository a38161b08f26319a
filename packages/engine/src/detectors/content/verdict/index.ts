export type { ContentDetector, Decoder } from './detector.ts';
export {
  createInspector,
  type CountingInspector,
  type InspectionCounts,
  type InspectorOptions,
} from './inspector.ts';
export { modelDetector } from './modelDetector.ts';
export { INSPECTION_DEFAULTS, type InspectionSettings } from './settings.ts';

export type { ContentDetector, Decoder, Finding as ContentFinding } from './detector.ts';
export {
  createInspector,
  type CountingInspector,
  type InspectionCounts,
  type InspectorOptions,
} from './inspector.ts';
export { ruleDetector } from './ruleDetector.ts';
export { modelDetector } from './modelDetector.ts';
export { contentStages, type ContentStages } from './stages.ts';
export { INSPECTION_DEFAULTS, thresholdsFor, type InspectionSettings } from './settings.ts';
export { weigh } from './weigh.ts';

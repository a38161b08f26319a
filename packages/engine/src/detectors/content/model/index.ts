export { ContentModel, type Explanation, type Piece } from './contentModel.ts';
export { groupOf } from './groupOf.ts';
export { PLACEMENT_GROUPS, type PlacementGroup } from './layout.ts';
export {
  learn,
  LEARNER_DEFAULTS,
  seeded,
  type LabelledText,
  type LearnerSettings,
  type LearntWeights,
} from './learner.ts';
export { UNCALIBRATED, writeModel, type Calibration, type Calibrations } from './modelFile.ts';

// The door of what is learned of one site.

export type { HashKey } from './keyedHash.ts';
export { NOTHING_LEARNED, readNormal, type SiteNormal } from './learnedNormal.ts';
export {
  LEARNING_LIMITS,
  SiteLearner,
  type LearnedCounts,
  type LearnedParameter,
  type LearningLimits,
} from './normal.ts';
export { parameterOf, routeOf } from './routes.ts';
export { sampleOf, sourceOf, type PartSample, type SampleOrigin, type SiteSample } from './samples.ts';
export { MOST_SHIFT, type Shift } from './shift.ts';
export { shapeOf, VALUE_TYPES, type ValueShape, type ValueType } from './valueShape.ts';
export { foldText } from './folding.ts';
export { GoodValues, type GoodValue } from './goodValues.ts';
export {
  TemplateBook,
  TemplateMatcher,
  type NewTemplate,
  type Template,
  type TemplateInForce,
  type TemplateMatch,
} from './templates.ts';
export {
  FeedbackRules,
  isInForce,
  previewOf,
  shapeFrom,
  type FoundValue,
  type LetThrough,
} from './feedback.ts';
export { attemptsIn, recordOf, redact, type RecordedCircumstances } from './record.ts';
export { NOTHING_KNOWN, siteReasons, type SiteKnowledge } from './siteStage.ts';
export { SiteMemory, type SavedSite } from './siteMemory.ts';
export { SiteWatcher, type Ended, type SiteStage, type SiteWatcherOptions } from './siteWatcher.ts';
export { readRecord, readSample, restoreTemplates } from './wire.ts';

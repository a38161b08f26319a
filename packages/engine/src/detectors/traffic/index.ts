// The door of the learned traffic detectors.

export { seasonsOf, type Season } from './calendar.ts';
export {
  SERIES_ALARM,
  SERIES_WEIGHTS,
  SeriesDetector,
  type SeriesFinding,
  type SeriesSign,
  type SeriesWeights,
} from './series.ts';
export { SiteMonitor, type TrafficPart, type TrafficFinding } from './monitor.ts';
export { readOldModel } from './oldModel.ts';
export { trafficModeAt, trafficProgress, type TrafficMode } from './progress.ts';
export { MAIN_SITE, trafficReader, type TrafficRequest } from './request.ts';
export type { SeriesName } from './siteTraffic.ts';
export { trafficSummary, type TrafficSummary } from './summary.ts';
export { TrafficMonitor } from './trafficMonitor.ts';

// The door of the learned traffic detectors.

export {
  SERIES_ALARM,
  SERIES_WEIGHTS,
  SeriesDetector,
  type SeriesFinding,
  type SeriesSign,
  type SeriesWeights,
} from './series.ts';
export { TrafficLearner, type SiteModel, type TrafficModel } from './learner.ts';
export { SiteMonitor, TrafficMonitor, type SeriesName, type TrafficFinding } from './monitor.ts';
export { trafficProgress } from './progress.ts';
export { readTrafficModel } from './readModel.ts';
export { trafficReader, type TrafficRequest } from './request.ts';

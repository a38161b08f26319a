// The door of the learned traffic detectors.

export {
  SERIES_ALARM,
  SERIES_WEIGHTS,
  SeriesDetector,
  type SeriesFinding,
  type SeriesSign,
  type SeriesWeights,
} from './series.ts';

// The door of the perimeter.

export { PERIMETER_SCENARIO, PERIMETER_YAML, PerimeterDetector, type SavedPerimeter } from './detector.ts';
export { Perimeter } from './perimeter.ts';
export { PERIMETER_DEFAULTS, readPerimeterSettings, type PerimeterSettings } from './settings.ts';

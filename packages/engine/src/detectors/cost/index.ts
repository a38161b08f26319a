// The door of what pages cost.

export { readSavedCosts } from './readCosts.ts';
export { SiteCosts, type CostNews, type SavedSiteCosts } from './siteCosts.ts';

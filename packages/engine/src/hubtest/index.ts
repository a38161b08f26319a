// The door of hub tests.

export { runHubTest, type TestResult, type TestSurroundings } from './runTest.ts';
export type { TestFolder } from './testItems.ts';

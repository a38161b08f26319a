// The door of hub tests.

export { runHubTest, type TestFolder, type TestResult, type TestSurroundings } from './runTest.ts';

// The door of hub tests.

export { hubTestRunner, type TestResult, type TestSurroundings } from './runTest.ts';
export type { TestFolder } from './testItems.ts';

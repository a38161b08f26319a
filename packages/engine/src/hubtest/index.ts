// The door of hub tests.

export { hubTestRunner, type TestResult, type TestSurroundings } from './runTest.ts';
export type { TestFolder } from './testItems.ts';
export {
  isAppsecTest,
  runAppsecTest,
  type AppsecTestSurroundings,
  type ProtectedSite,
} from './appsecTest.ts';
export type { Answer } from './templates/index.ts';

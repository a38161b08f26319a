// The door of CrowdSec's AppSec rules.

export { appsecDetector, type AppsecTreatment } from './appsecDetector.ts';
export { AppsecRules, type AppsecFinding, type AppsecMatch } from './appsecRules.ts';
export { isNamedBy, loadAppsecConfig, type AppsecConfig, type WrittenCodes } from './loadConfig.ts';
export {
  loadAppsecRules,
  type AppsecContext,
  type AppsecRuleFile,
  type LoadedAppsecRules,
} from './loadRules.ts';
export type { AppsecRule } from './rule.ts';

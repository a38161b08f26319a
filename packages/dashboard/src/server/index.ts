export { makeInvitation } from './access/links.ts';
export { highestRole, isRole, mayAct, ROLES, type Role } from './access/roles.ts';
export { createDashboard, type Dashboard } from './dashboard.ts';
export { Feed } from './feed.ts';
export { crawlerKey, siteKey } from './rules/choiceKeys.ts';
export { CLOSE_REASONS } from '../wire.ts';
export { CRAWLER_GROUPS } from '../wirePages.ts';
export type {
  AccessTold,
  Closing,
  ClosingDesk,
  DashboardOptions,
  DashboardPeer,
  EngineView,
  NotificationDesk,
  Replayed,
  OidcOptions,
  ReportMaker,
  RuleDesk,
} from './options.ts';
export type { HealthView, LiveAlert, LiveRequest, Moment, SourceView, VisitsView } from '../wire.ts';
export type {
  BotRow,
  BotsView,
  NodeRow,
  RuleChoice,
  RuleRow,
  SettingRow,
  SettingsView,
  SiteRow,
  SitesView,
  TestedView,
} from '../wirePages.ts';

import { fileURLToPath } from 'node:url';

/** The folder of the built page. */
export const DASHBOARD_ASSETS: string = fileURLToPath(new URL('../../dist/web/', import.meta.url));

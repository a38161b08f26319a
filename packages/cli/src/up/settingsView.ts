// What the dashboard shows of settings: the few that people ask for, each with where it comes from, and whether it can
// be changed in the page. All of them are shown by `parapet config show`.

import process from 'node:process';
import type { SettingRow, SettingsView } from '@parapet/dashboard';
import type { SupervisorStatus } from '@parapet/gateway';
import { siteTitleKey, type LiveConfig } from '../config/liveConfig.ts';
import { readConfigText } from '../config/loadConfig.ts';
import { configPositions } from '../config/readConfig.ts';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { zoneOf } from '../notifications/channels.ts';
import { VERSION } from '../version.ts';
import { sitesFor } from './gatewayConfig.ts';

export interface SettingsSurroundings {
  readonly context: CommandContext;
  readonly live: Pick<LiveConfig, 'current' | 'chosen'>;
  /** The file that was named; undefined for the usual one. */
  readonly configFile: string | undefined;
  readonly dataDir: string;
  /** What the gateway's supervisor says; undefined where there is none. */
  readonly ask: (dataDir: string) => Promise<Pick<SupervisorStatus, 'listening'> | undefined>;
}

/** A row, and the keys that lead to it in the file. */
type Row = readonly [row: Pick<SettingRow, 'key' | 'group' | 'value' | 'kind'>, keys: readonly string[]];

export async function settingsView(surroundings: SettingsSurroundings): Promise<SettingsView> {
  const { context, live, configFile, dataDir, ask } = surroundings;
  const status = await ask(dataDir);
  const { file, text } = readConfigText(context, configFile);
  const positionOf = configPositions(text ?? '');
  const rows = [
    ...siteRows(live.current),
    ...messageRows(live.current),
    ...otherRows(live.current, status?.listening ?? []),
  ];
  return {
    file,
    hasFile: text !== undefined,
    dataDir,
    version: VERSION,
    node: process.version,
    settings: rows.map(([row, keys]) => {
      const line = positionOf(keys)?.line;
      return {
        ...row,
        ...(line === undefined ? {} : { line }),
        isChosen: live.chosen(row.key) !== undefined,
      };
    }),
  };
}

function siteRows(config: Config): readonly Row[] {
  return sitesFor(config, {}).map(({ name, title = name }) => {
    const index = config.gateway.sites.findIndex((site) => site.name === name);
    const keys = index < 0 ? ['gateway', 'title'] : ['gateway', 'sites', String(index), 'title'];
    return [{ key: siteTitleKey(name), group: 'site', value: title, kind: 'text' }, keys];
  });
}

function messageRows({ notifications }: Config): readonly Row[] {
  const { language, quiet_hours: quiet } = notifications;
  const hours = quiet === undefined ? 'off' : `${quiet.from}-${quiet.to}`;
  const row = (key: string, value: string, kind: SettingRow['kind']): Row => [
    { key: `notifications.${key}`, group: 'messages', value, kind },
    ['notifications', key],
  ];
  return [
    row('language', language, 'language'),
    row('time_zone', zoneOf(notifications), 'zone'),
    row('quiet_hours', hours, 'hours'),
  ];
}

/** `listening`: where the gateway listens now, which options may have said. */
function otherRows(config: Config, listening: readonly string[]): readonly Row[] {
  const { gateway, lapi, api, appsec, dashboard, metrics, retention } = config;
  const row = (group: SettingRow['group'], key: string, value: string): Row => [
    { key, group, value, kind: 'fixed' },
    key.split('.'),
  ];
  return [
    [
      { key: 'retention.alerts', group: 'kept', value: retention.alerts, kind: 'retention' },
      ['retention', 'alerts'],
    ],
    row('listens', 'gateway.listen', listening.join(', ')),
    row('listens', 'gateway.trusted_proxies', gateway.trusted_proxies.join(', ')),
    row('listens', 'dashboard.listen', dashboard.listen),
    row('listens', 'dashboard.hosts', dashboard.hosts.join(', ')),
    row('listens', 'lapi.listen', lapi.listen.join(', ')),
    row('listens', 'api.listen', api.listen.join(', ')),
    row('listens', 'appsec.listen', appsec.listen.join(', ')),
    row('listens', 'metrics.listen', metrics.enabled ? metrics.listen : ''),
  ];
}

// Rules, quiet hours and digest as the configuration has them, in the words of the desk.

import type { DeskSettings, QuietHours, Rule } from '@parapet/notify';
import { parseDuration } from '@parapet/kinds';
import type { Config } from '../config/schema.ts';
import { zoneOf } from './channels.ts';
import type { OwnRules } from './ownRules.ts';

/**
 * `hasGateway`: whether a gateway of this engine acts on decisions. `own`: rules that were made in the dashboard.
 * `current`: the configuration as it counts now.
 */
export function deskSettings(
  config: Config,
  hasGateway: boolean,
  own?: OwnRules,
  current: () => Config = () => config,
): DeskSettings {
  const { notifications, gateway, lapi, appsec } = config;
  const all = notifications.channels.map(({ name }) => name);
  const rulesWith = (quiet: QuietHours | undefined): readonly Rule[] =>
    notifications.rules.map(
      ({ channels, severity, about, scenarios, sites, in_quiet_hours, back_to_normal, escalate }): Rule => ({
        channels: channels.length === 0 ? all : channels,
        severity,
        about,
        scenarios,
        sites,
        quiet: in_quiet_hours ? undefined : quiet,
        backToNormal: back_to_normal,
        escalate:
          escalate === undefined ? undefined : { afterMs: msOf(escalate.after), channels: escalate.channels },
      }),
    );
  const { digest } = notifications;
  const areOthersTold = lapi.listen.length > 0 || appsec.listen.length > 0;
  return {
    // Asked for anew each time: what is chosen or made in the dashboard counts at once.
    get zone() {
      return zoneOf(current().notifications);
    },
    get rules() {
      const quiet = quietHours(current().notifications.quiet_hours);
      const rules = rulesWith(quiet);
      return [...(rules.length > 0 ? rules : [defaultRule(all, quiet)]), ...(own?.rules(quiet) ?? [])];
    },
    digest: digest === undefined ? undefined : { at: minuteOf(digest.at), channels: digest.channels },
    gatherMs: msOf(notifications.gather),
    calmMs: msOf(notifications.calm),
    atMost: new Map(notifications.channels.map(({ name, at_most }) => [name, at_most])),
    isEnforced: (site) => (hasGateway ? modeOf(current(), site) === 'enforce' : areOthersTold),
    siteOf: siteFinder(gateway.sites),
  };
}

function modeOf({ gateway }: Config, name: string): Config['gateway']['mode'] {
  return gateway.sites.find((site) => site.name === name)?.mode ?? gateway.mode;
}

function defaultRule(channels: readonly string[], quiet: QuietHours | undefined): Rule {
  return {
    channels,
    severity: 'high',
    about: ['attacks', 'appeals', 'health'],
    scenarios: [],
    sites: [],
    quiet,
    backToNormal: true,
    escalate: undefined,
  };
}

/** Only names that are configured: what a visitor sends as Host is anything, and each would be a site of its own. */
function siteFinder(sites: Config['gateway']['sites']): (host: string) => string {
  const names = new Map<string, string>();
  for (const { name, hosts } of sites) for (const host of hosts) names.set(host.toLowerCase(), name);
  return (host) => {
    const bare = host.toLowerCase().replace(/:\d+$/, '');
    return names.get(bare) ?? names.get(bare.replace(/^[^.]+/, '*')) ?? names.get('*') ?? '';
  };
}

function quietHours(given: Config['notifications']['quiet_hours']): QuietHours | undefined {
  if (given === undefined) return undefined;
  return { from: minuteOf(given.from), to: minuteOf(given.to), except: given.except };
}

function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

/** Of a duration that the schema has checked. */
function msOf(text: string): number {
  return parseDuration(text) ?? 0;
}

// Which decisions: the options that list, delete and export share.
import type { DecisionFilter } from '@parapet/store';
import type { Command } from 'commander';
import { UsageError } from '../../run-verb.ts';
import { targetFilter, type TargetOptions } from '../../target.ts';

export interface FilterOptions extends TargetOptions {
  readonly type?: string;
  readonly origin?: string;
  readonly scenario?: string;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--ip <address>', 'those on this address')
    .option('--range <cidr>', 'those on this range and on what lies inside it')
    .option('--scope <scope>', 'those of this scope: ip, range, country, as, user, …')
    .option('--value <value>', 'those on this value')
    .option('--type <type>', 'those that do this: ban, captcha, throttle, …')
    .option('--origin <origin>', 'those made by: crowdsec (scenarios), operator, list, …')
    .option('--scenario <name>', 'those for this scenario, reason or list');
}

/** Returns the filter the options describe. */
export function filterOf(options: FilterOptions): DecisionFilter {
  const { type, origin, scenario } = options;
  return {
    ...targetFilter(options),
    ...(type === undefined ? {} : { remediation: type }),
    ...(origin === undefined ? {} : { origin }),
    ...(scenario === undefined ? {} : { scenario }),
  };
}

/** Returns a decision's id or number as a filter: `#12`, `12` or the whole record id of a block page. */
export function filterOfId(text: string): DecisionFilter {
  const number = /^#?(\d{1,15})$/.exec(text);
  if (number !== null) return { number: Number(number[1]) };
  if (/^[0-9a-f-]{36}$/i.test(text)) return { id: text.toLowerCase() };
  throw new UsageError(
    'E_CLI_ID',
    `${text} is no number and no record id`,
    'Take the number from `parapet decisions list` or `parapet alerts list`.',
  );
}

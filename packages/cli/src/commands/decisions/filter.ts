// Which decisions: the options that list, delete and export share.
import type { DecisionFilter } from '@parapet/store';
import type { Command } from 'commander';
import { UsageError } from '../../run-verb.ts';
import { targetFilter, type TargetOptions } from '../../target.ts';

export interface FilterOptions extends TargetOptions {
  readonly type?: string;
  readonly origin?: string;
  readonly scenario?: string;
  readonly record?: string;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('-i, --ip <address>', 'those on this address')
    .option('-r, --range <cidr>', 'those on this range and on what lies inside it')
    .option('--scope <scope>', 'those of this scope: ip, range, country, as, user, …')
    .option('-v, --value <value>', 'those on this value')
    .option('-t, --type <type>', 'those that do this: ban, captcha, throttle, …')
    .option('--origin <origin>', 'those made by: crowdsec (scenarios), operator, list, …')
    .option('-s, --scenario <name>', 'those for this scenario, reason or list')
    .option('--record <id>', 'the one whose record a block page shows')
    .option('--contained', 'what --range does by itself; cscli has to be told');
}

/** Returns the filter the options describe. */
export function filterOf(options: FilterOptions): DecisionFilter {
  const { type, origin, scenario, record } = options;
  return {
    ...targetFilter(options),
    ...(type === undefined ? {} : { remediation: type }),
    ...(origin === undefined ? {} : { origin }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(record === undefined ? {} : recordOption(record)),
  };
}

function recordOption(text: string): DecisionFilter {
  const id = text.toLowerCase();
  if (RECORD.test(id)) return { recordId: id };
  if (WHOLE_ID.test(id)) return { id };
  throw new UsageError(
    'E_CLI_ID',
    `--record ${text} is no record id`,
    'It is 8 hex digits, as the block page shows them.',
  );
}

const RECORD = /^[0-9a-f]{8}$/;
const WHOLE_ID = /^[0-9a-f-]{36}$/;

/**
 * Returns a decision's number or id as a filter: `#12`, `12`, the record id of a block page (8 hex digits, or the
 * whole). Eight digits without `#` are a record id: nobody has ten million decisions, and a page may show such.
 */
export function filterOfId(text: string): DecisionFilter {
  if (RECORD.test(text.toLowerCase())) return { recordId: text.toLowerCase() };
  const number = /^#?(\d{1,15})$/.exec(text);
  if (number !== null) return { number: Number(number[1]) };
  if (WHOLE_ID.test(text.toLowerCase())) return { id: text.toLowerCase() };
  throw new UsageError(
    'E_CLI_ID',
    `${text} is no number and no record id`,
    'Take the number from `parapet decisions list` or `parapet alerts list`.',
  );
}

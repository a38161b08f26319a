// What a decision is on, as people and lists write it, and the reasons not to decide on it at all.
import {
  cidrContains,
  isPublicCidr,
  parseCidr,
  parseIp,
  parseIpOrCidr,
  type Cidr,
  type Ip,
  type Target,
} from '@parapet/kinds';
import { OPERATOR_HOURS } from '@parapet/engine';
import { formatRemaining } from '@parapet/reports';
import type { OperatorSession } from '@parapet/store';
import type { CommandContext } from './context.ts';
import { UsageError } from './run-verb.ts';

export interface TargetOptions {
  readonly ip?: string;
  readonly range?: string;
  readonly scope?: string;
  readonly value?: string;
}

/** Scopes whose spelling other programs vary (`Ip`, `AS`). */
const KNOWN_SCOPES: ReadonlySet<string> = new Set(['ip', 'range', 'country', 'as', 'user', 'session']);

/** IPv4 ranges wider than this are whole providers. */
const WIDEST = { 4: 8, 6: 19 } as const;

/** Returns the target in canonical form, or what is wrong with it. A scope is found out when not given. */
export function makeTarget(
  rawScope: string | undefined,
  rawValue: string,
): { readonly target: Target } | { readonly problem: string } {
  const value = rawValue.trim();
  if (value === '') return { problem: 'the value is missing' };
  const scope = rawScope === undefined ? undefined : canonicalScope(rawScope);
  if (scope === '') return { problem: 'the scope is empty' };
  if (scope === undefined || scope === 'ip' || scope === 'range') {
    const cidr = value.includes('/') ? parseCidr(value) : undefined;
    if (cidr !== undefined) {
      if (scope !== 'ip') return { target: { scope: 'range', value: cidr.text } };
      // Lists call 192.0.2.1/32 an address; a real range under scope ip is a mistake to point out.
      const isAddress = cidr.prefixLength === (cidr.version === 4 ? 32 : 128);
      return isAddress
        ? { target: { scope: 'ip', value: cidr.text.split('/')[0]! } }
        : { problem: `${value} is a range, not an address` };
    }
    const ip = parseIp(value);
    if (ip === undefined) return { problem: `${value} is no ${scope === 'range' ? 'range' : 'address'}` };
    return scope === 'range'
      ? { target: { scope, value: parseIpOrCidr(ip)!.text } }
      : { target: { scope: 'ip', value: ip } };
  }
  if (scope === 'country') {
    const country = value.toUpperCase();
    return /^[A-Z]{2}$/.test(country)
      ? { target: { scope, value: country } }
      : { problem: `${value} is no country code of two letters` };
  }
  if (scope === 'as') {
    const asn = /^(?:AS)?(\d{1,10})$/i.exec(value);
    return asn === null
      ? { problem: `${value} is no AS number` }
      : { target: { scope, value: String(Number(asn[1])) } };
  }
  return { target: { scope, value } };
}

/** Returns a known scope in our spelling; others are a scenario's own and stay as they are. */
function canonicalScope(rawScope: string): string {
  const scope = rawScope.trim();
  return KNOWN_SCOPES.has(scope.toLowerCase()) ? scope.toLowerCase() : scope;
}

/** Returns the one target the options name; throws a UsageError when it is none, two or wrong. */
export function targetOption(options: TargetOptions): Target {
  const target = optionalTarget(options);
  if (target !== undefined) return target;
  throw new UsageError(
    'E_CLI_TARGET',
    'nothing to decide on was given',
    'Give --ip 192.0.2.1, --range 192.0.2.0/24, or --scope country --value FR.',
  );
}

/** What is stored about a target: about it alone, about all inside a range, or about all of a scope. */
export type TargetFilter = Partial<Target> & { readonly inside?: Cidr };

/** Returns the filter the options describe, without any key when they name nothing: `--range` includes what is inside. */
export function targetFilter(options: TargetOptions): TargetFilter {
  const { range, scope } = options;
  const target = optionalTarget(options);
  if (target === undefined) return scope === undefined ? {} : { scope: canonicalScope(scope) };
  return range === undefined ? target : { inside: parseIpOrCidr(target.value)! };
}

/** Returns the target the options name, or undefined when they name none. */
function optionalTarget(options: TargetOptions): Target | undefined {
  const { ip, range, scope, value } = options;
  if ([ip, range, value].filter((given) => given !== undefined).length > 1) {
    throw new UsageError('E_CLI_TARGET', '--ip, --range and --value exclude each other', 'Give one of them.');
  }
  if (ip !== undefined) return checked('ip', ip);
  if (range !== undefined) return checked('range', range);
  if (value !== undefined) return checked(scope, value);
  return undefined;
}

function checked(scope: string | undefined, value: string): Target {
  const made = makeTarget(scope, value);
  if ('target' in made) return made.target;
  throw new UsageError('E_CLI_TARGET', made.problem);
}

/** Says why deciding on a target would hurt the site or lock its people out; undefined when it would not. */
export type SpareCheck = (target: Target) => string | undefined;

/** Returns the check for where and by whom the command was given. */
export function makeSpareCheck(context: CommandContext): SpareCheck {
  const session = parseIp((context.env['SSH_CLIENT'] ?? context.env['SSH_CONNECTION'] ?? '').split(' ')[0]!);
  const own = context
    .ownAddresses()
    .map(parseIp)
    .filter((ip) => ip !== undefined);
  return (target) => {
    const cidr = target.scope === 'ip' || target.scope === 'range' ? parseIpOrCidr(target.value) : undefined;
    return cidr === undefined ? undefined : reasonToSpare(cidr, target.value, session, own);
  };
}

/** Returns the check for people whom the site trusts and who were seen lately: whom it would lock out, and when seen. */
export function makeOperatorCheck(operators: readonly OperatorSession[], now: Date): SpareCheck {
  // Lists of a million lines are mostly addresses; the latest sighting of each comes first.
  const byIp = new Map(operators.toReversed().map((one) => [one.ip as string, one]));
  return ({ scope, value }) => {
    const cidr = scope === 'range' ? parseIpOrCidr(value) : undefined;
    const hit =
      cidr !== undefined
        ? operators.find(({ ip }) => cidrContains(cidr, ip))
        : scope === 'ip'
          ? byIp.get(value)
          : operators.find(({ who }) => scope === 'user' && value === who);
    if (hit === undefined) return undefined;
    const ago = formatRemaining(Math.max(0, now.getTime() - hit.lastAt.getTime()));
    return `${hit.who}, whom the site trusts, was seen at ${hit.ip} ${ago} ago: this would lock the operator out`;
  };
}

/** From when on operators who were seen are spared. */
export function operatorsSince(now: Date): Date {
  return new Date(now.getTime() - OPERATOR_HOURS * 3_600_000);
}

function reasonToSpare(
  cidr: Cidr,
  value: string,
  session: Ip | undefined,
  own: readonly Ip[],
): string | undefined {
  if (session !== undefined && cidrContains(cidr, session)) {
    return `you are connected from ${session}: this would lock you out`;
  }
  const mine = own.find((ip) => cidrContains(cidr, ip));
  if (mine !== undefined) {
    return `${mine} is an address of this machine: the site's own cron and health checks come from it`;
  }
  if (!isPublicCidr(cidr)) {
    return `${value} is no address of the Internet (private, loopback or reserved): visitors who seem to have it come through a proxy, and all of them would be locked out`;
  }
  if (cidr.prefixLength < WIDEST[cidr.version]) {
    return `${value} is wider than /${WIDEST[cidr.version]}: that is millions of visitors`;
  }
  return undefined;
}

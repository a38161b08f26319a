// profiles.yaml: what is done about an alert. The filters of a profile are alternatives; the first profile
// with decisions has its way, and `on_success: break` keeps the later ones from being asked (they may still
// name notifications). Facts taken from CrowdSec: on_failure is read and checked but changes nothing there,
// nor here; the value decided on is always that of the alert's source.

import type { Alert, Decision, Problem } from '@parapet/kinds';
import { parapetScope } from '../detectors/index.ts';
import { compileExpression, GoDuration, type Expression, type HelperFunction } from '../expressions/index.ts';
import { readDocuments, type MapReader } from '../items/index.ts';
import { rangeOf, type IdOf } from '../verdicts/index.ts';
import { parseProfileDuration } from './profileDuration.ts';
import { alertObject, profileEnvironment, type ProfileFrame } from './profileEnvironment.ts';

interface Template {
  readonly remediation: string;
  readonly durationMs: number;
  /** '' takes the alert's. */
  readonly scope: string;
  readonly origin: string;
  readonly simulated: boolean;
}

interface Profile {
  readonly name: string;
  readonly filters: readonly Expression<ProfileFrame>[];
  readonly durationExpression: Expression<ProfileFrame> | undefined;
  readonly templates: readonly Template[];
  readonly breaksOnSuccess: boolean;
  readonly onError: string;
  readonly notifications: readonly string[];
}

export interface Answer {
  readonly decisions: readonly Decision[];
  /** Names of the notifications that the matching profiles ask for. */
  readonly notifications: readonly string[];
  /** Profiles whose expressions failed on this alert, with the reason. */
  readonly faults: readonly string[];
}

export interface LoadedProfiles {
  readonly profiles: Profiles;
  readonly problems: readonly Problem[];
}

const DEFAULT_DURATION_MS = 4 * 3_600_000;
const NO_ANSWER: Answer = { decisions: [], notifications: [], faults: [] };

/** Bans the address or range of every alert with remediation for four hours. */
export const DEFAULT_PROFILES = `name: default_ip_remediation
filters:
  - Alert.Remediation == true && Alert.GetScope() == "Ip"
decisions:
  - type: ban
    duration: 4h
on_success: break
---
name: default_range_remediation
filters:
  - Alert.Remediation == true && Alert.GetScope() == "Range"
decisions:
  - type: ban
    duration: 4h
on_success: break
`;

export class Profiles {
  readonly #profiles: readonly Profile[];
  readonly #idOf: IdOf;

  constructor(profiles: readonly Profile[], idOf: IdOf) {
    this.#profiles = profiles;
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#profiles.length;
  }

  /** Says what is done about an alert, from the moment it was known. Nothing, when a never-rule spared it. */
  decide(alert: Alert): Answer {
    if (alert.spared !== undefined) return NO_ANSWER;
    const frame: ProfileFrame = { alert: alertObject(alert) };
    let decisions: readonly Decision[] = [];
    const notifications: string[] = [];
    const faults: string[] = [];
    for (const profile of this.#profiles) {
      const fault = { reason: undefined as string | undefined };
      const matches = countMatches(profile, frame, fault);
      if (fault.reason !== undefined) faults.push(`${profile.name}: ${fault.reason}`);
      const applies = matches || (fault.reason !== undefined && profile.onError === 'apply');
      if (applies) {
        if (decisions.length === 0) decisions = this.#decisions(profile, alert, frame, faults);
        notifications.push(...profile.notifications);
      }
      if ((applies && profile.breaksOnSuccess) || (fault.reason !== undefined && profile.onError === 'break'))
        break;
    }
    return { decisions, notifications, faults };
  }

  #decisions(profile: Profile, alert: Alert, frame: ProfileFrame, faults: string[]): readonly Decision[] {
    const expressionMs = evaluateDuration(profile, frame, faults);
    const decisions: Decision[] = [];
    for (const [number, template] of profile.templates.entries()) {
      const scope = template.scope === '' ? alert.source.scope : parapetScope(template.scope);
      const target = { scope, value: alert.source.value };
      // A scope without addresses takes any value; an empty or impossible one could not be enforced.
      const isPossible =
        scope === 'ip' || scope === 'range' ? rangeOf(target) !== undefined : target.value !== '';
      const durationMs = expressionMs ?? template.durationMs;
      if (!isPossible || durationMs <= 0) continue;
      decisions.push({
        id: this.#idOf(['decision', alert.id, String(number)]),
        target,
        remediation: template.remediation,
        startAt: alert.knownAt,
        expiresAt: new Date(alert.knownAt.getTime() + durationMs),
        scenario: alert.scenario,
        origin: template.origin === '' ? 'scenario' : `scenario/${template.origin}`,
        mode: alert.simulated || template.simulated ? 'simulated' : 'live',
        alertId: alert.id,
      });
    }
    return decisions;
  }
}

/** Returns the profiles of a file; a profile with a problem is left out. */
export function loadProfiles(
  file: string,
  text: string,
  functions: Readonly<Record<string, HelperFunction>>,
  idOf: IdOf,
): LoadedProfiles {
  const problems: Problem[] = [];
  const environment = profileEnvironment(functions);
  const profiles: Profile[] = [];
  for (const { root } of readDocuments(file, text, problems)) {
    const before = problems.length;
    const compile: Compile = (source, position) => {
      const compiled = compileExpression(source, environment);
      if (compiled.ok) return compiled.expression;
      const { code, message, hint } = compiled.error;
      root.complain(code, message, hint, position(compiled.error.offset));
      return undefined;
    };
    const profile = readProfile(root, compile);
    if (problems.length === before) profiles.push(profile);
  }
  return { profiles: new Profiles(profiles, idOf), problems };
}

type Compile = (
  source: string,
  position: (offset: number) => { line: number; column: number },
) => Expression<ProfileFrame> | undefined;

function readProfile(root: MapReader, compile: Compile): Profile {
  const name = root.string('name') ?? '';
  root.allow('debug');
  root.boolean('debug');
  const filters = root
    .strings('filters')
    .map((source, i) => compile(source, () => root.itemPosition('filters', i)))
    .filter((filter) => filter !== undefined);
  const durationSource = root.string('duration_expr') ?? '';
  const durationExpression =
    durationSource === ''
      ? undefined
      : compile(durationSource, (offset) => root.positionInside('duration_expr', offset));
  const templates = root.maps('decisions').map(readTemplate);
  const onSuccess = oneOf(root, 'on_success', ['continue', 'break']);
  oneOf(root, 'on_failure', ['continue', 'break', 'apply']);
  const onError = oneOf(root, 'on_error', ['continue', 'break', 'apply', 'ignore', 'error', 'report']);
  const notifications = root.strings('notifications');
  root.refuseOtherKeys('a profile');
  return {
    name,
    filters,
    durationExpression,
    templates,
    breaksOnSuccess: onSuccess === 'break',
    onError,
    notifications,
  };
}

function readTemplate(decision: MapReader): Template {
  const remediation = decision.string('type') ?? '';
  if (remediation === '') {
    decision.complain(
      'E_PROFILE_TYPE',
      'The decision has no type',
      'Write `type: ban` or another remediation',
    );
  }
  const durationText = decision.string('duration') ?? '';
  const durationMs = durationText === '' ? DEFAULT_DURATION_MS : parseProfileDuration(durationText);
  if (durationMs === undefined) {
    decision.complain(
      'E_DURATION',
      `'${durationText}' is no duration`,
      "Write it like '4h', '1h30m' or '7d'",
      decision.position('duration'),
    );
  }
  const scope = decision.string('scope') ?? '';
  const origin = decision.string('origin') ?? '';
  const simulated = decision.boolean('simulated') ?? false;
  decision.allow('value', 'scenario', 'id', 'uuid', 'until'); // fields of CrowdSec's decisions that profiles do not use
  decision.refuseOtherKeys('a decision');
  return { remediation, durationMs: durationMs ?? DEFAULT_DURATION_MS, scope, origin, simulated };
}

function oneOf(root: MapReader, key: string, choices: readonly string[]): string {
  const value = root.string(key) ?? '';
  if (value !== '' && !choices.includes(value)) {
    root.complain(
      'E_PROFILE_CHOICE',
      `'${value}' is no value of ${key}`,
      `Use ${choices.join(', ')}`,
      root.position(key),
    );
  }
  return value;
}

/** Whether any filter is true. The first that fails ends the profile: what was true before does not count. */
function countMatches(profile: Profile, frame: ProfileFrame, fault: { reason: string | undefined }): boolean {
  let isMatched = false;
  for (const filter of profile.filters) {
    try {
      const value = filter.evaluate(frame);
      if (typeof value !== 'boolean') {
        fault.reason = 'a filter gave neither true nor false';
        return false;
      }
      isMatched ||= value;
    } catch (error) {
      fault.reason = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
  return isMatched;
}

/** Undefined when there is no expression, or when what it gives is no duration: the profile's own one is taken. */
function evaluateDuration(profile: Profile, frame: ProfileFrame, faults: string[]): number | undefined {
  if (profile.durationExpression === undefined) return undefined;
  try {
    const value = profile.durationExpression.evaluate(frame);
    if (value instanceof GoDuration) return value.ms;
    const ms = typeof value === 'string' ? parseProfileDuration(value) : undefined;
    if (ms === undefined) faults.push(`${profile.name}: duration_expr gave no duration`);
    return ms;
  } catch (error) {
    faults.push(`${profile.name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

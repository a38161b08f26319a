// CrowdSec's appsec-configs: which rules stop requests and which only tell, by patterns over their names, what is done
// about a match, and which numbers bouncers are answered with. Of hooks those are read that can be said without running
// an expression.

import type { Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../../../items/index.ts';
import { nearestName } from '../../../patterns/index.ts';
import type { AppsecTreatment } from './appsecDetector.ts';
import type { AppsecRuleFile } from './loadRules.ts';

export interface AppsecConfig {
  readonly name: string;
  /** Patterns over names of rules, `*` for any text, as they are written. */
  readonly inBand: readonly string[];
  readonly outOfBand: readonly string[];
  /** What is done about a match of the rules that stop. */
  readonly remediation: AppsecTreatment;
  readonly codes: WrittenCodes;
}

/** Numbers and words for bouncers; what is absent is not said by the config. */
export interface WrittenCodes {
  readonly blocked?: number;
  readonly passed?: number;
  readonly userBlocked?: number;
  readonly userPassed?: number;
  readonly passAction?: string;
}

const REMEDIATIONS = ['ban', 'captcha', 'allow'] as const;
const HOOKS = ['on_load', 'pre_eval', 'post_eval', 'on_match'];
/** What a hook may do that is done in any case, or that changes nothing here. */
const DONE_ANYWAY = /^(?:SendAlert|SendEvent|CancelEvent|CancelAlert)\(\)$/;
const SETS_REMEDIATION = /^SetRemediation\(\s*(["'`])(ban|captcha|allow)\1\s*\)$/;
const SETS_CODE = /^SetReturnCode\(\s*(\d{3})\s*\)$/;
/** Only in-band matches are acted on. */
const ALWAYS_TRUE = /^(?:true|IsInBand(?:\s*==\s*true)?)?$/;
const LOWEST_CODE = 100;
const HIGHEST_CODE = 599;

/** Returns the config of a file, undefined when it is none; what it asks for in vain is a problem. */
export function loadAppsecConfig(file: AppsecRuleFile, problems: Problem[]): AppsecConfig | undefined {
  const [document] = readDocuments(file.path, file.text, problems);
  if (document === undefined) return undefined;
  const { root } = document;
  const before = problems.length;
  const name = root.string('name') ?? '';
  if (name === '')
    root.complain('E_APPSEC_NAME', 'The config has no name', 'Give it a name like `author/what-it-does`');
  const written = root.string('default_remediation') ?? 'ban';
  const remediation = REMEDIATIONS.find((one) => one === written);
  if (remediation === undefined) {
    const near = nearestName(written, REMEDIATIONS);
    root.complain(
      'E_APPSEC_REMEDIATION',
      `'${written}' is nothing that can be done about a match`,
      near === undefined ? `Use ${REMEDIATIONS.join(', ')}` : `Did you mean '${near}'?`,
      root.position('default_remediation'),
    );
  }
  const codes = codesOf(root);
  const said: Said = {};
  for (const hook of HOOKS) for (const one of root.maps(hook)) readHook(one, hook, said);
  const inBand = patternsOf(root, 'inband_rules');
  const outOfBand = patternsOf(root, 'outofband_rules');
  root.allow(
    'log_level',
    'description',
    'author',
    'version',
    'inband_options',
    'outofband_options',
    'labels',
  );
  root.refuseOtherKeys('an appsec-config');
  if (problems.length > before || remediation === undefined) return undefined;
  return {
    name,
    inBand,
    outOfBand,
    remediation: said.remediation ?? remediation,
    codes: said.userBlocked === undefined ? codes : { ...codes, userBlocked: said.userBlocked },
  };
}

/** Whether a rule of that name is one of the patterns'. */
export function isNamedBy(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, name));
}

function patternsOf(root: MapReader, key: string): readonly string[] {
  return root
    .strings(key)
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}

function codesOf(root: MapReader): WrittenCodes {
  const codes: { -readonly [Key in keyof WrittenCodes]: WrittenCodes[Key] } = {};
  for (const [key, name] of CODES) {
    const code = root.number(key);
    // CrowdSec takes 0 for not said.
    if (code === undefined || code === 0) continue;
    if (Number.isInteger(code) && code >= LOWEST_CODE && code <= HIGHEST_CODE) codes[name] = code;
    else
      root.complain(
        'E_APPSEC_CODE',
        `${code} is no status of HTTP`,
        'Write a number from 100 to 599',
        root.position(key),
      );
  }
  const passAction = root.string('default_pass_action') ?? '';
  if (passAction !== '') codes.passAction = passAction;
  return codes;
}

const CODES = [
  ['blocked_http_code', 'blocked'],
  ['passed_http_code', 'passed'],
  ['user_blocked_http_code', 'userBlocked'],
  ['user_passed_http_code', 'userPassed'],
] as const;

/** What hooks change. */
interface Said {
  remediation?: AppsecTreatment;
  userBlocked?: number;
}

function readHook(hook: MapReader, kind: string, said: Said): void {
  const isAlways = ALWAYS_TRUE.test((hook.string('filter') ?? '').trim());
  hook.string('on_success');
  for (const [index, written] of hook.strings('apply').entries()) {
    const text = written.trim();
    if (DONE_ANYWAY.test(text)) continue;
    if (kind === 'on_match' && isAlways) {
      const remediation = REMEDIATIONS.find((one) => one === SETS_REMEDIATION.exec(text)?.[2]);
      const code = SETS_CODE.exec(text)?.[1];
      if (remediation !== undefined) said.remediation = remediation;
      if (code !== undefined) said.userBlocked = Number(code);
      if (remediation !== undefined || code !== undefined) continue;
    }
    hook.complain(
      'E_APPSEC_HOOK',
      `'${written}' is nothing that a hook can do here`,
      'Remove it; whole rules are switched by the lists of patterns, and SetRemediation and SetReturnCode are read in on_match without a filter of their own',
      hook.itemPosition('apply', index),
    );
  }
  hook.refuseOtherKeys(`a hook of ${kind}`);
}

/** Without a pattern engine: the parts between stars have to come one after the other. */
function matchesGlob(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return name === pattern;
  const last = others.pop()!;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(last) && at <= name.length - last.length;
}

// CrowdSec's appsec-configs: which rules stop requests and which only tell, by patterns over their names, and what is
// done about a match. Hooks are read as far as the hub's configs use them: those that send an alert, which every
// finding here does anyway.

import type { Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../../../items/index.ts';
import { nearestName } from '../../../patterns/index.ts';
import type { AppsecRuleFile } from './loadRules.ts';

export interface AppsecConfig {
  readonly name: string;
  /** Patterns over names of rules, `*` for any text, as they are written. */
  readonly inBand: readonly string[];
  readonly outOfBand: readonly string[];
  readonly remediation: 'ban' | 'captcha' | 'allow';
}

const REMEDIATIONS = ['ban', 'captcha', 'allow'] as const;
const HOOKS = ['on_load', 'pre_eval', 'post_eval', 'on_match'];
/** What a hook may do that is done in any case, or that changes nothing here. */
const DONE_ANYWAY = /^(?:SendAlert|SendEvent|CancelEvent|CancelAlert)\(\)$/;

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
  for (const hook of HOOKS) for (const one of root.maps(hook)) readHook(one, hook);
  const inBand = patternsOf(root, 'inband_rules');
  const outOfBand = patternsOf(root, 'outofband_rules');
  root.allow(
    'log_level',
    'description',
    'author',
    'version',
    'default_pass_action',
    'inband_options',
    'outofband_options',
  );
  root.allow(
    'blocked_http_code',
    'passed_http_code',
    'user_blocked_http_code',
    'user_passed_http_code',
    'labels',
  );
  root.refuseOtherKeys('an appsec-config');
  if (problems.length > before || remediation === undefined) return undefined;
  return { name, inBand, outOfBand, remediation };
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

function readHook(hook: MapReader, kind: string): void {
  hook.string('filter');
  hook.string('on_success');
  for (const [index, written] of hook.strings('apply').entries()) {
    if (DONE_ANYWAY.test(written.trim())) continue;
    hook.complain(
      'E_APPSEC_HOOK',
      `'${written}' is nothing that a hook can do here`,
      'Remove it; whole rules are switched by the lists of patterns',
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

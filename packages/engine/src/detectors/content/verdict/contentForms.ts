// The plain fields of the forms in which Drupal takes content. It writes what stands there as text, escaped wherever it
// is shown, and asks for an account before it takes most of them. People write there about everything, so that more has
// to speak for an attack; what is certain is stopped there as anywhere.

import type { AttackClass } from '@parapet/kinds';
import type { Part, RequestParts } from '../parts.ts';
import type { Finding } from './detector.ts';

/** How much more: a fair rule beside a doubt of the model's is no attack there. */
const TEXT_WEIGHT = 2.5;

/** By the ids that Drupal's core gives them. */
const FORM =
  /^(?:node|media|comment|block_content|taxonomy_term|contact_message|menu_link_content|user)_[a-z0-9_]{1,120}form$/;
/** As its fields are sent: what PHP names so is no parameter of anything else. */
const FIELD = /^[a-z][a-z0-9_]{0,63}\[\d{1,4}\]\[(?:value|alias|title)\]$/;

/** Returns what speaks against an attack in plain fields of content forms, one reason for each field with findings. */
export function contentFormReasons(
  { parts }: RequestParts,
  findings: readonly Finding[],
): readonly Finding[] {
  const fields = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { placement, name } = finding.foundIn;
    if ((placement !== 'form' && placement !== 'multipart') || !FIELD.test(name)) continue;
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [finding]);
    else known.push(finding);
  }
  if (fields.size === 0 || !isContentForm(parts)) return [];
  return [...fields].flatMap(([name, found]) => {
    const weight = found.reduce((sum, one) => sum + one.weight, 0);
    const isPlain = parts.every((part) => part.name !== name || part.kind === 'text');
    const [first] = found;
    if (weight <= 0 || !isPlain || first === undefined) return [];
    return [reasonFor(first, heaviestOf(found), Math.min(weight, TEXT_WEIGHT))];
  });
}

function isContentForm(parts: readonly Part[]): boolean {
  const form = parts.find(
    ({ name, placement }) => name === 'form_id' && (placement === 'form' || placement === 'multipart'),
  );
  return form !== undefined && FORM.test(form.value);
}

function heaviestOf(found: readonly Finding[]): AttackClass {
  return found.reduce((one, other) => (other.weight > one.weight ? other : one)).class;
}

function reasonFor({ foundIn }: Finding, found: AttackClass, weight: number): Finding {
  return {
    detector: 'drupal',
    class: found,
    text: 'is in a field of Drupal that is only ever shown as text',
    weight: -weight,
    foundIn: { ...foundIn, excerpt: '' },
  };
}

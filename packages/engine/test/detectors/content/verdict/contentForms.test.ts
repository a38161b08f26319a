import type { AttackClass, FieldKind, Placement } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import type { RequestParts } from '../../../../src/detectors/content/parts.ts';
import { contentFormReasons } from '../../../../src/detectors/content/verdict/contentForms.ts';
import type { Finding } from '../../../../src/detectors/content/verdict/detector.ts';

interface Field {
  readonly name: string;
  readonly weights: readonly number[];
  readonly kind?: FieldKind;
  readonly placement?: Placement;
}

/** What is added to the findings in these fields of a form. */
function addedTo(formId: string, ...fields: readonly Field[]): readonly (readonly [string, number])[] {
  const partOf = (name: string, value: string, kind: FieldKind, placement: Placement) =>
    ({ placement, name, value, views: [], kind, isExcerpt: false }) as const;
  const parts = [
    partOf('form_id', formId, 'token', fields[0]?.placement ?? 'form'),
    ...fields.map(({ name, kind = 'text', placement = 'form' }) => partOf(name, 'x', kind, placement)),
  ];
  const findings = fields.flatMap(({ name, weights, placement = 'form' }): Finding[] =>
    weights.map((weight) => ({
      detector: 'test',
      class: 'sqli' as AttackClass,
      text: 'is a test',
      weight,
      foundIn: { placement, name, excerpt: 'x' },
    })),
  );
  return contentFormReasons({ parts } as unknown as RequestParts, findings).map(
    ({ foundIn, weight }) => [foundIn.name, weight] as const, // it reads the parts alone
  );
}

describe('plain fields of the forms of Drupal', () => {
  it('need more to be an attack', () => {
    expect(addedTo('node_article_form', { name: 'title[0][value]', weights: [3, 2.5] })).toEqual([
      ['title[0][value]', -2.5],
    ]);
    expect(
      addedTo(
        'contact_message_feedback_form',
        { name: 'subject[0][value]', weights: [1], placement: 'multipart' },
        { name: 'message[0][value]', weights: [9], placement: 'multipart' },
      ),
    ).toEqual([
      ['subject[0][value]', -1],
      ['message[0][value]', -2.5],
    ]);
  });

  it('are those of forms that take content, and no others', () => {
    for (const id of ['', 'search_form', 'user_login_form_', 'node_', 'views_ui_edit_form', 'xnode_a_form'])
      expect(addedTo(id, { name: 'title[0][value]', weights: [5] })).toEqual([]);
    for (const name of ['title', 'p', 'title[value]', 'title[0]', 'title[0][value][x]', 'title[a][value]'])
      expect(addedTo('node_article_form', { name, weights: [5] })).toEqual([]);
  });

  it('are neither rich text, which has its own measure, nor anything outside of the form', () => {
    const name = 'title[0][value]';
    expect(addedTo('node_article_form', { name, weights: [5], kind: 'html' })).toEqual([]);
    expect(addedTo('node_article_form', { name, weights: [5], placement: 'query' })).toEqual([]);
    expect(addedTo('node_article_form', { name, weights: [-1] })).toEqual([]);
  });
});

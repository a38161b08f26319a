// Changing what a rule does.

import type { JSX } from 'preact';
import { RULE_CHOICES, type RuleChangedView, type RulePreviewView, type RuleRow } from '../../wirePages.ts';
import { tell } from '../state/ask.ts';
import { t } from '../words/words.ts';
import { Change, Effect, hitsPeople } from './change.tsx';

export function RuleChange(props: {
  readonly rule: RuleRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { rule, ...closing } = props;
  const { name } = rule;
  return (
    <Change
      title={name}
      label={t('rules.wanted')}
      now={RULE_CHOICES.find((one) => one === rule.mode) ?? 'observe'}
      choices={RULE_CHOICES}
      textOf={(one) => t(`mode.${one}`)}
      preview={(mode) => tell<RulePreviewView>('/rules/preview', { name, mode })}
      effectOf={(preview) => <Effect preview={preview} />}
      mustLook={hitsPeople}
      save={async (mode, force) => {
        const changed = await tell<RuleChangedView>('/rules/mode', { name, mode, force });
        return {
          text: t('rules.changed', { name, mode: t(`mode.${changed.mode}`) }),
          // Those who were looked at before are not asked about again.
          undo: () => tell('/rules/mode', { name, mode: changed.before, force: true }),
        };
      }}
      isChosen={rule.chosen !== undefined}
      {...closing}
    />
  );
}

// Changing what is done with a crawler for AI, or with all of a group.

import type { JSX } from 'preact';
import {
  CRAWLER_GROUPS,
  CRAWLER_RULES,
  type ChosenView,
  type CrawlerPreviewView,
  type CrawlerRuleName,
} from '../../wirePages.ts';
import { tell } from '../state/ask.ts';
import { count, long, t } from '../words/words.ts';
import { Change } from './change.tsx';
import { Raw } from './parts.tsx';

/** What is to be changed: a group, or a crawler by its name. */
export interface Ruled {
  readonly who: string;
  readonly rule: CrawlerRuleName;
  readonly isChosen: boolean;
}

export function CrawlerChange(props: {
  readonly ruled: Ruled;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { ruled, ...closing } = props;
  const { who } = ruled;
  const name = whoText(who);
  return (
    <Change
      title={name}
      label={t('bots.wanted')}
      now={ruled.rule}
      choices={CRAWLER_RULES}
      textOf={(rule) => t(`botRule.${rule}`)}
      preview={(rule) => tell<CrawlerPreviewView>('/bots/preview', { who, rule })}
      effectOf={(preview) => <CrawlerEffect preview={preview} />}
      save={async (rule) => {
        const { before } = await tell<ChosenView>('/bots/rule', { who, rule });
        return {
          text:
            rule === 'usual'
              ? t('change.back', { name })
              : t('bots.changed', { name, rule: t(`botRule.${rule}`) }),
          undo: () => tell('/bots/rule', { who, rule: before }),
        };
      }}
      isChosen={ruled.isChosen}
      {...closing}
    />
  );
}

export function whoText(who: string): string {
  const group = CRAWLER_GROUPS.find((one) => one === who);
  return group === undefined ? who : t(`crawlers.${group}`);
}

function CrawlerEffect({ preview }: { readonly preview: CrawlerPreviewView }): JSX.Element {
  const { who, rule, bots, requests, siteMs } = preview;
  return (
    <div class="notice">
      <p>
        {requests === 0 ? t('bots.effectNone') : t('bots.effect', { n: requests })}{' '}
        {requests > 0 &&
          siteMs !== undefined &&
          siteMs >= 1000 &&
          t('bots.effectCost', { long: long(siteMs) })}
      </p>
      <p>{t(`botWill.${rule}`)}</p>
      {who === 'user' && rule !== 'allow' && (
        <p>
          <strong>{t('bots.effectUser')}</strong>
        </p>
      )}
      {who !== bots[0]?.name && bots.length > 0 && (
        <ul>
          {bots.map((bot) => (
            <li key={bot.name}>
              <Raw>{bot.name}</Raw> {count(bot.requests)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

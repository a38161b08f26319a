// What the doctor found, the worst first, each with what to do.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { HealthView } from '../../wire.ts';
import { Empty, PageHead, Panel, Shown } from '../parts/parts.tsx';
import { ask, type Fault } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { complain } from '../state/notes.ts';
import { faultText, moment, t } from '../words/words.ts';

const TOPICS = [
  'machine',
  'data',
  'engine',
  'gateway',
  'store',
  'nodes',
  'log',
  'configuration',
  'items',
  'geo',
  'traffic',
] as const;
const LEVELS = ['critical', 'important', 'recommended', 'fine'] as const;

export function Health(): JSX.Element {
  const data = useData<HealthView>('/health');
  const [isLooking, setLooking] = useState(false);
  const lookAgain = (): void => {
    setLooking(true);
    ask<HealthView>('/health?fresh=1')
      .then(data.reload, (error: unknown) => complain(faultText(error as Fault))) // of `ask`
      .finally(() => setLooking(false));
  };
  return (
    <>
      <PageHead title={t('health.title')} lead={t('health.lead')}>
        <button type="button" class="button" disabled={isLooking} onClick={lookAgain}>
          {t('health.again')}
        </button>
      </PageHead>
      {(isLooking || (data.value === undefined && data.fault === undefined)) && (
        <p class="quiet" role="status">
          {t('health.running')}
        </p>
      )}
      <Shown data={data} rows={6}>
        {({ cards, atMs }) => (
          <>
            {cards.every(({ level }) => level === 'fine') && <Empty icon="check" title={t('health.fine')} />}
            {LEVELS.map((level) => (
              <Cards key={level} level={level} cards={cards.filter((card) => card.level === level)} />
            ))}
            <p class="about looked">{t('health.at', { when: moment(atMs) })}</p>
          </>
        )}
      </Shown>
    </>
  );
}

function Cards(props: {
  readonly level: (typeof LEVELS)[number];
  readonly cards: HealthView['cards'];
}): JSX.Element | null {
  const { level, cards } = props;
  if (cards.length === 0) return null;
  return (
    <Panel title={t(level === 'fine' ? 'health.fineLevel' : `health.${level}`)}>
      <ul class="cards-list">
        {cards.map(({ topic, says, fix, english = [] }) => (
          <li key={`${topic} ${says}`} class={`card ${level}`}>
            <p class="card-says">
              <span class="topic">{topicName(topic)}</span>{' '}
              <span lang={english.includes('says') ? 'en' : undefined}>{says}</span>
            </p>
            {fix !== undefined && (
              <p class="fix">
                <strong>{t('health.fix')}:</strong>{' '}
                <span lang={english.includes('fix') ? 'en' : undefined}>{fix}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function topicName(topic: string): string {
  const known = TOPICS.find((one) => one === topic);
  return known === undefined ? topic : t(`healthTopic.${known}`);
}

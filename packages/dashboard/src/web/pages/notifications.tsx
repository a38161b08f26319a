// Who is told of what, over which channel, and whether it arrived.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  SEVERITIES,
  TOPICS,
  type NotificationRule,
  type NotificationsView,
  type SentView,
} from '../../wire.ts';
import { ChoiceField, DialogEnd, NoteField, useForm } from '../parts/form.tsx';
import { Icon } from '../parts/icons.tsx';
import { At, Dialog, Empty, PageHead, Panel, Raw, Shown, TableHead, When } from '../parts/parts.tsx';
import { tell, type Fault } from '../state/ask.ts';
import { useData, type Data } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { faultText, t } from '../words/words.ts';

type Channel = NotificationsView['channels'][number];

export function Notifications(): JSX.Element {
  const data = useData<NotificationsView>('/notifications');
  return (
    <>
      <PageHead title={t('nav.notifications')} lead={t('notify.lead')} />
      <Shown data={data} rows={8}>
        {(view) => (
          <>
            <Panel title={t('notify.channels')}>
              {view.channels.length === 0 ? (
                <Empty icon="bell" title={t('notify.none')} text={t('notify.noneText')} />
              ) : (
                <Channels channels={view.channels} data={data} />
              )}
            </Panel>
            {view.channels.length > 0 && <Rules view={view} data={data} />}
            <Panel title={t('notify.log')} lead={t('notify.logLead')}>
              <Log view={view} />
            </Panel>
          </>
        )}
      </Shown>
    </>
  );
}

function Channels(props: {
  readonly channels: readonly Channel[];
  readonly data: Data<NotificationsView>;
}): JSX.Element {
  return (
    <table class="cards">
      <TableHead
        columns={[t('notify.name'), t('notify.place'), t('notify.waiting'), t('notify.last')]}
        hasActs
      />
      <tbody>
        {props.channels.map((channel) => (
          <ChannelRow key={channel.name} channel={channel} data={props.data} />
        ))}
      </tbody>
    </table>
  );
}

function ChannelRow(props: {
  readonly channel: Channel;
  readonly data: Data<NotificationsView>;
}): JSX.Element {
  const { name, type, place, waiting, fault, last } = props.channel;
  const [isBusy, setBusy] = useState(false);
  const test = (): void => {
    setBusy(true);
    tell<{ readonly sent: readonly SentView[] }>('/notifications/test', { channel: name })
      .then(({ sent }) => {
        const failed = sent.find(({ isDelivered }) => !isDelivered);
        if (failed === undefined) say(t('notify.arrived', { name }));
        else complain(t('notify.notArrived', { name, why: failed.answer }));
      })
      .catch((error: unknown) => complain(faultText(error as Fault))) // of `tell`
      .finally(() => {
        setBusy(false);
        props.data.reload();
      });
  };
  return (
    <tr>
      <th scope="row">
        {name} <span class="about">{type}</span>
      </th>
      <td data-label={t('notify.place')}>
        <Raw>{place}</Raw>
        {fault !== undefined && <p class="notice bad">{t('notify.fault', { why: fault })}</p>}
      </td>
      <td data-label={t('notify.waiting')}>{waiting}</td>
      <td data-label={t('notify.last')}>
        {last === undefined ? (
          t('notify.never')
        ) : (
          <>
            <Outcome outcome={last.outcome} /> <When atMs={last.atMs} />
          </>
        )}
      </td>
      <td class="row-act">
        <button
          type="button"
          class="button small"
          disabled={isBusy}
          aria-label={`${t('notify.test')}: ${name}`}
          onClick={test}
        >
          {t('notify.test')}
        </button>
      </td>
    </tr>
  );
}

function Outcome({
  outcome,
}: {
  readonly outcome: NotificationsView['log'][number]['outcome'];
}): JSX.Element {
  const isFine = outcome === 'delivered';
  return (
    <span class={isFine ? 'chip held' : 'chip ban'}>
      {t(isFine ? 'notify.delivered' : outcome === 'failed' ? 'notify.failed' : 'notify.gaveUp')}
    </span>
  );
}

function Rules(props: {
  readonly view: NotificationsView;
  readonly data: Data<NotificationsView>;
}): JSX.Element {
  const { view, data } = props;
  const [isAdding, setAdding] = useState(false);
  const remove = (id: string): void => {
    tell('/notifications/rules/remove', { id })
      .then(() => say(t('notify.ruleGone')))
      .catch((error: unknown) => complain(faultText(error as Fault))) // of `tell`
      .finally(data.reload);
  };
  return (
    <Panel
      title={t('notify.rules')}
      side={
        <button type="button" class="button small" onClick={() => setAdding(true)}>
          <Icon name="plus" /> {t('notify.addRule')}
        </button>
      }
    >
      <ul class="links">
        {view.rules.map((rule, i) => {
          const { id } = rule;
          return (
            <li key={id ?? i} class="rule">
              <span>{sentenceOf(rule)}</span>
              {id === undefined ? (
                <span class="about">{t('notify.configured')}</span>
              ) : (
                <button
                  type="button"
                  class="button small"
                  aria-label={`${t('notify.removeRule')}: ${sentenceOf(rule)}`}
                  onClick={() => remove(id)}
                >
                  {t('notify.removeRule')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {isAdding && (
        <AddRule
          channels={view.channels.map(({ name }) => name)}
          onClose={() => setAdding(false)}
          onDone={data.reload}
        />
      )}
    </Panel>
  );
}

function sentenceOf({ channels, severity, about, scenarios, inQuietHours }: NotificationRule): string {
  const topics = about.map((one) => t(`topic.${one}`)).join(', ');
  const only = scenarios.length === 0 ? '' : ` (${scenarios.join(', ')})`;
  const quiet = inQuietHours ? t('notify.alsoQuiet') : '';
  return t('notify.rule', {
    ...{ who: channels.join(', '), topics: topics + only, severity: t(`severity.${severity}`), quiet },
  });
}

function AddRule(props: {
  readonly channels: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { channels, onClose, onDone } = props;
  const [channel, setChannel] = useState(channels[0] ?? '');
  const [severity, setSeverity] = useState<(typeof SEVERITIES)[number]>('high');
  const [topic, setTopic] = useState<(typeof TOPICS)[number] | 'all'>('all');
  const [only, setOnly] = useState('');
  const [inQuietHours, setQuiet] = useState(false);
  const form = useForm(async () => {
    const scenarios = only.split(/[\s,]+/).filter((one) => one !== '');
    const about = topic === 'all' ? TOPICS : [topic];
    await tell('/notifications/rules', { channels: [channel], severity, about, scenarios, inQuietHours });
    say(t('notify.ruleMade'));
    onDone();
    onClose();
  });
  return (
    <Dialog title={t('notify.addRule')} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <ChoiceField
          label={t('notify.who')}
          value={channel}
          choices={channels}
          textOf={(one) => one}
          onValue={setChannel}
        />
        <div class="pair">
          <ChoiceField
            label={t('notify.of')}
            value={topic}
            choices={['all', ...TOPICS] as const}
            textOf={(one) => t(one === 'all' ? 'topic.all' : `topic.${one}`)}
            onValue={setTopic}
          />
          <ChoiceField
            label={t('notify.from')}
            value={severity}
            choices={SEVERITIES}
            textOf={(one) => t(`severity.${one}`)}
            onValue={setSeverity}
          />
        </div>
        <NoteField label={t('notify.only')} value={only} onValue={setOnly} />
        <label class="check">
          <input
            type="checkbox"
            checked={inQuietHours}
            onChange={(event) => setQuiet(event.currentTarget.checked)}
          />{' '}
          {t('notify.quiet')}
        </label>
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy}>
            {t('notify.make')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

function Log({ view }: { readonly view: NotificationsView }): JSX.Element {
  if (view.log.length === 0) return <Empty icon="bell" title={t('notify.logNone')} />;
  return (
    <table class="cards">
      <TableHead columns={[t('audit.when'), t('notify.name'), t('notify.says'), t('notify.outcome')]} />
      <tbody>
        {view.log.map(({ atMs, channel, target, title, outcome, tries, answer }) => (
          <tr key={`${atMs} ${channel} ${target} ${tries}`}>
            <td data-label={t('audit.when')}>
              <At atMs={atMs} />
            </td>
            <th scope="row">
              {channel} {target !== '' && <Raw>{target}</Raw>}
            </th>
            <td data-label={t('notify.says')}>
              <bdi>{title}</bdi>
            </td>
            <td data-label={t('notify.outcome')}>
              <Outcome outcome={outcome} />{' '}
              <span class="about">
                <bdi>{answer}</bdi>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

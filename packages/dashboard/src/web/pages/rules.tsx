// Every rule that is in force: what it is for, how often it spoke, what it may do; and a request to try them on.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { RULE_KINDS, type RuleRow, type RulesView, type TestedView } from '../../wirePages.ts';
import { ChangeButton } from '../parts/change-button.tsx';
import { classText } from '../parts/exception.tsx';
import { useForm } from '../parts/form.tsx';
import { More, SearchRows } from '../parts/more.tsx';
import { Empty, familyText, Field, PageHead, Panel, Raw, Shown, TableHead } from '../parts/parts.tsx';
import { ModeChip } from '../parts/mode-chip.tsx';
import { Marked, Reasons } from '../parts/reasons.tsx';
import { RuleChange } from '../parts/rule-change.tsx';
import { tell } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { filter, place } from '../state/place.ts';
import { mayEverywhere } from '../state/session.ts';
import { percent, t } from '../words/words.ts';

export function Rules(): JSX.Element {
  const { query } = place.value;
  const words = query.get('q') ?? '';
  const kind = query.get('kind') ?? '';
  const from = Number(query.get('from') ?? 0);
  const asked = new URLSearchParams({ q: words, kind, from: String(from) });
  const data = useData<RulesView>(`/rules?${asked.toString()}`);
  return (
    <>
      <PageHead title={t('nav.rules')} lead={t('rules.lead')} />
      {mayEverywhere('analyst') && <Test />}
      <Panel>
        <div class="bar">
          <SearchRows label={t('rules.search')} value={words} />
          <div class="tabs" role="group" aria-label={t('nav.rules')}>
            {(['', ...RULE_KINDS] as const)
              .filter((one) => one === '' || data.value === undefined || data.value.counts[one] > 0)
              .map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={kind === one}
                  onClick={() => filter({ kind: one, from: '' })}
                >
                  {one === '' ? t('rules.all') : t(`ruleKind.${one}`)}
                </button>
              ))}
          </div>
          <p class="about" role="status">
            {data.value === undefined ? '' : t('rules.count', { n: data.value.total })}
          </p>
        </div>
        <Shown data={data} rows={8}>
          {({ rules, total }) => (
            <>
              {rules.length > 0 ? (
                <Table rules={rules} onChanged={data.reload} />
              ) : words === '' ? (
                <Empty icon="rules" title={t('rules.none')} text={t('rules.noneText')} />
              ) : (
                <Empty icon="search" title={t('rules.noneFound', { q: words })} />
              )}
              <More from={from} total={total} />
            </>
          )}
        </Shown>
      </Panel>
    </>
  );
}

function Table(props: { readonly rules: readonly RuleRow[]; readonly onChanged: () => void }): JSX.Element {
  const [changing, setChanging] = useState<RuleRow | undefined>(undefined);
  return (
    <>
      <table class="cards rules">
        <TableHead columns={[t('rules.name'), t('rules.hits'), t('rules.mode')]} hasActs />
        <tbody>
          {props.rules.map((rule) => (
            <tr key={`${rule.kind} ${rule.name}`} data-row tabIndex={-1}>
              <th scope="row">
                <RuleText rule={rule} />
              </th>
              <td data-label={t('rules.hits')}>
                <Spoken rule={rule} />
              </td>
              <td data-label={t('rules.mode')}>
                <ModeChip mode={rule.mode} />{' '}
                {rule.chosen !== undefined && <span class="about">{t('rules.chosen')}</span>}
              </td>
              <td class="row-act">
                {rule.kind !== 'policy' && mayEverywhere('operator') && (
                  <ChangeButton what={rule.name} onClick={() => setChanging(rule)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changing !== undefined && (
        <RuleChange rule={changing} onClose={() => setChanging(undefined)} onDone={props.onChanged} />
      )}
    </>
  );
}

/** What it is for, then what it is called. */
function RuleText({ rule }: { readonly rule: RuleRow }): JSX.Element {
  const { kind, name, text, topic, place: written } = rule;
  if (kind === 'policy')
    return (
      <>
        <span class="rule-text">{t(`policy.${name}` as 'policy.traffic')}</span>
        {written !== undefined && <span class="about">{t('rules.place', { place: written })}</span>}
      </>
    );
  const about = kind === 'scenario' ? familyText(topic, '') : classText(topic);
  return (
    <>
      {kind === 'content' ? (
        <span class="rule-text">{t('rules.request', { text })}</span>
      ) : (
        <span class="rule-text" lang="en">
          {text}
        </span>
      )}
      <span class="about">
        <Raw>{name}</Raw>
        {about !== '' && ` · ${about}`} · {t(`supplier.${rule.supplier}`)}
      </span>
    </>
  );
}

function Spoken({ rule: { day, week } }: { readonly rule: RuleRow }): JSX.Element {
  if (day === undefined || week === undefined) return <>–</>;
  if (week === 0) return <span class="about">{t('rules.never')}</span>;
  return (
    <>
      <span class="line">{t('rules.day', { day })}</span>{' '}
      <span class="line">{t('rules.week', { week })}</span>
    </>
  );
}

function Test(): JSX.Element {
  const [text, setText] = useState('');
  const [tested, setTested] = useState<TestedView | undefined>(undefined);
  const form = useForm(async () => {
    setTested(undefined);
    setTested(await tell<TestedView>('/rules/test', { text }));
  });
  return (
    <Panel title={t('rules.test')} lead={t('rules.testLead')}>
      <form onSubmit={form.onSubmit}>
        <Field label={t('rules.testLabel')} hint={t('rules.testHint')}>
          {(id) => (
            <textarea
              id={id}
              aria-describedby={`${id}-hint`}
              rows={3}
              dir="ltr"
              required
              maxLength={50_000}
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {form.message}
        <div class="acts">
          <button class="button" disabled={form.isBusy}>
            {t('rules.testDo')}
          </button>
        </div>
      </form>
      <div role="status">{tested !== undefined && <Tested tested={tested} />}</div>
    </Panel>
  );
}

function Tested({ tested }: { readonly tested: TestedView }): JSX.Element {
  const { method, target, reasons, parts, score } = tested;
  const isStopped = tested.action !== 'pass';
  return (
    <div class="tested">
      <p class={`notice ${isStopped ? (tested.isEnforced ? 'bad' : 'care') : 'good'}`}>
        {testedText(tested)}
        {reasons.length > 0 && ` ${t('incident.sure', { percent: percent(score) })}`}
      </p>
      <pre class="command" dir="ltr" tabIndex={0}>
        <Marked parts={parts} />
      </pre>
      <p class="about">
        <bdi>{t('rules.testRead', { method, target })}</bdi>
      </p>
      {reasons.length > 0 && <Reasons reasons={reasons} />}
    </div>
  );
}

function testedText({ action, isEnforced, reasons }: TestedView): string {
  if (action === 'pass') return t(reasons.length === 0 ? 'rules.testNothing' : 'rules.testPass');
  if (!isEnforced) return t('rules.testWatched');
  return t(action === 'challenge' ? 'rules.testChallenge' : 'rules.testBlock');
}

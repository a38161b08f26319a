// The first page: one sentence, the day, what needs somebody, who may have been stopped by mistake.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type {
  DecisionView,
  DoubtView,
  Level,
  LookReason,
  OverviewView,
  TodoView,
  TriageView,
} from '../../wire.ts';
import { classText, ExceptionDialog } from '../parts/exception.tsx';
import { Icon } from '../parts/icons.tsx';
import { Empty, familyText, PageHead, Panel, Raw, Shown, When } from '../parts/parts.tsx';
import { lazy } from '../parts/lazy.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { tell, type Fault } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { may } from '../state/session.ts';
import { ago, compact, faultText, t } from '../words/words.ts';

const Day = lazy(async () => (await import('../parts/day.tsx')).Day);

export function Overview(): JSX.Element {
  const data = useData<OverviewView>('/overview');
  return (
    <>
      <PageHead title={t('nav.overview')} />
      <Shown data={data} rows={6}>
        {(view) => (
          <>
            <Hero view={view} />
            <div class="columns overview">
              <div class="column">
                <Panel title={t('day.title')}>
                  {Day.value === undefined ? <Day.Wait /> : <Day.value day={view.day} />}
                </Panel>
                <Triage triage={view.triage} seen={view.totals.lines} />
              </div>
              <div class="column side">
                <Todos todos={view.todos} />
                <Doubts doubts={view.doubts} reload={data.reload} />
              </div>
            </div>
          </>
        )}
      </Shown>
    </>
  );
}

function Hero({ view }: { readonly view: OverviewView }): JSX.Element {
  const { level, totals } = view;
  const doubts = view.doubts.length;
  return (
    <section class={`hero ${level}`} aria-label={t(`level.${level}`)}>
      <div class="hero-words">
        <p class="hero-level">
          <LevelMark level={level} />
          {t(`level.${level}`)}
        </p>
        <p class="hero-text">{levelText(view)}</p>
      </div>
      <dl class="tiles">
        <Tile value={totals.lines} label={t('tile.lines')} />
        <Tile value={totals.stopped} label={t('tile.stopped')} />
        <Tile value={totals.inForce} label={t('tile.inForce')} href="/decisions" />
        <Tile value={doubts} label={t('tile.doubts')} href="/#doubts" isCare={doubts > 0} />
      </dl>
    </section>
  );
}

function LevelMark({ level }: { readonly level: Level }): JSX.Element {
  const icon = { calm: 'check', busy: 'decisions', attack: 'incidents', blind: 'eye' } as const;
  return (
    <span class="level-mark">
      <Icon name={icon[level]} />
    </span>
  );
}

function levelText({ level, totals }: OverviewView): string {
  const addresses = t('level.addresses', { n: totals.addresses });
  const attacks =
    totals.incidents === 0 ? t('level.noAttacks') : t('level.attacks', { n: totals.incidents, addresses });
  const running = t('level.running', { n: totals.running });
  const when = totals.lastLineMs === undefined ? '' : ago(totals.lastLineMs);
  return t(`level.${level}Text`, { attacks, running, when });
}

function Tile(props: {
  readonly value: number;
  readonly label: string;
  readonly href?: string;
  readonly isCare?: boolean;
}): JSX.Element {
  const { value, label, href, isCare = false } = props;
  return (
    <div class={isCare ? 'tile care' : 'tile'}>
      <dt>{href === undefined ? label : <a href={href}>{label}</a>}</dt>
      <dd>{compact(value)}</dd>
    </div>
  );
}

/** The few that deserve a look, each with why; what needs nobody is counted. */
function Triage(props: { readonly triage: TriageView; readonly seen: number }): JSX.Element {
  const { looks, folds, folded } = props.triage;
  return (
    <Panel
      title={t('triage.title')}
      lead={looks.length === 0 ? undefined : t('triage.of', { n: looks.length, seen: compact(props.seen) })}
      side={
        <a class="more" href="/incidents">
          {t('incidents.all')}
        </a>
      }
    >
      <IncidentList
        incidents={looks.map(({ incident }) => incident)}
        aside={({ id }) => <Reasons reasons={looks.find((one) => one.incident.id === id)?.reasons ?? []} />}
        empty={<Empty icon="check" title={t('triage.none')} text={t('triage.noneText')} />}
      />
      {folded.incidents > 0 && (
        <details class="folds">
          <summary>{t('triage.rest', { n: folded.incidents, alerts: compact(folded.alerts) })}</summary>
          <ul class="links">
            {folds.map(({ family, title, incidents, alerts }) => (
              <li key={`${family} ${title}`}>
                <a href={`/incidents?q=${encodeURIComponent(family === '' ? title : family)}`}>
                  {familyText(family, title)}
                </a>{' '}
                <span class="about">{t('triage.fold', { n: incidents, alerts: compact(alerts) })}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function Reasons({ reasons }: { readonly reasons: readonly LookReason[] }): JSX.Element {
  return (
    <span class="look-reasons">
      {reasons.map((one) => (
        <span key={one} class="look-reason">
          {t(`look.${one}`)}
        </span>
      ))}
    </span>
  );
}

function Todos({ todos }: { readonly todos: readonly TodoView[] }): JSX.Element {
  return (
    <Panel title={t('todo.title')}>
      {todos.length === 0 ? (
        <p class="quiet all-done">
          <Icon name="check" /> {t('todo.none')}
        </p>
      ) : (
        <ul class="todos">
          {todos.map(({ kind, count, text = '', href }) => (
            <li key={`${kind} ${text}`}>
              <a class={`todo ${kind}`} href={href}>
                <span>{t(`todo.${kind}`, { n: count, text })}</span>
                <Icon name="arrow" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Doubts(props: { readonly doubts: readonly DoubtView[]; readonly reload: () => void }): JSX.Element {
  const { doubts, reload } = props;
  return (
    <Panel title={t('doubt.title')} id="doubts">
      {doubts.length === 0 ? (
        <p class="quiet">{t('doubt.none')}</p>
      ) : (
        <ul class="doubts">
          {doubts.map((doubt) => (
            <Doubt
              key={`${doubt.kind} ${doubt.ip} ${doubt.appeal ?? doubt.record ?? ''}`}
              doubt={doubt}
              reload={reload}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Doubt({ doubt, reload }: { readonly doubt: DoubtView; readonly reload: () => void }): JSX.Element {
  const { kind, ip, others, atMs, family, title, cause, message, appeal, decisions, record } = doubt;
  const isHeld = appeal !== undefined || decisions.length > 0;
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const act = (work: () => Promise<void>): void => {
    setBusy(true);
    work()
      .catch((error: unknown) => complain(faultText(error as Fault))) // of `tell`
      .finally(() => {
        setBusy(false);
        reload();
      });
  };
  const letIn = async (): Promise<void> => {
    const { lifted } =
      appeal === undefined
        ? await tell<{ lifted: readonly DecisionView[] }>('/decisions/lift', {
            numbers: decisions,
            reason: 'looks like a person',
          })
        : await tell<{ lifted: readonly DecisionView[] }>('/appeals/close', {
            number: appeal,
            isAccepted: true,
          });
    say(t('doubt.lifted', { ip }), () => decideAgain(lifted));
  };
  return (
    <li class="doubt">
      <p>
        <Raw>{ip}</Raw> <span class="about">{t(`doubt.${kind}`)}</span>
        {others > 0 && <strong> {t('doubt.others', { n: others })}</strong>}
      </p>
      {message !== undefined && message !== '' && (
        <blockquote>
          <Raw>{message}</Raw>
        </blockquote>
      )}
      <p class="about">
        {cause === ''
          ? t('doubt.free')
          : t('doubt.cause', { cause: title === '' ? classText(cause) : familyText(family, title) })}
        {' · '}
        <When atMs={atMs} />
      </p>
      {may('operator') && (
        <div class="acts">
          {isHeld && (
            <button type="button" class="button main small" disabled={isBusy} onClick={() => act(letIn)}>
              {t('doubt.letIn')}
            </button>
          )}
          {appeal !== undefined && (
            <button
              type="button"
              class="button small"
              disabled={isBusy}
              onClick={() =>
                act(async () => {
                  await tell('/appeals/close', { number: appeal, isAccepted: false });
                  say(t('doubt.kept', { ip }));
                })
              }
            >
              {t('doubt.keepOut')}
            </button>
          )}
          {record !== undefined && (
            <button
              type="button"
              class={isHeld ? 'button small' : 'button main small'}
              onClick={() => setAsking(true)}
            >
              {t('finding.noAttack')}
            </button>
          )}
        </div>
      )}
      {isAsking && record !== undefined && (
        <ExceptionDialog record={record} onClose={() => setAsking(false)} onDone={reload} />
      )}
    </li>
  );
}

/** Takes back that decisions were lifted. */
export async function decideAgain(lifted: readonly DecisionView[]): Promise<void> {
  for (const { number } of lifted) await tell('/decisions/again', { number });
}

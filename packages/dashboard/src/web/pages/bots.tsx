// Programs that fetch pages: who they are, what they cost the site, what the owner wants done with them, and robots.txt.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BotRow, BotsView } from '../../wirePages.ts';
import { ChangeButton } from '../parts/change-button.tsx';
import { CrawlerChange, whoText, type Ruled } from '../parts/crawler-change.tsx';
import { Empty, PageHead, Panel, Raw, Shown, TableHead, When } from '../parts/parts.tsx';
import { useData } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { mayEverywhere } from '../state/session.ts';
import { compact, count, long, t } from '../words/words.ts';

const KINDS = ['search', 'ai', 'impostor', 'program'] as const;

export function Bots(): JSX.Element {
  const data = useData<BotsView>('/bots');
  const [changing, setChanging] = useState<Ruled | undefined>(undefined);
  return (
    <>
      <PageHead title={t('nav.bots')} lead={t('bots.lead')} />
      <Shown data={data} rows={8}>
        {(view) => (
          <>
            {view.bots.length === 0 && (
              <Panel>
                <Empty icon="bots" title={t('bots.none')} text={t('bots.noneText')} />
              </Panel>
            )}
            {KINDS.map((kind) => (
              <Kind key={kind} kind={kind} view={view} onChange={setChanging} />
            ))}
            <Hidden hidden={view.hidden} />
            <Robots view={view} />
          </>
        )}
      </Shown>
      {changing !== undefined && (
        <CrawlerChange ruled={changing} onClose={() => setChanging(undefined)} onDone={data.reload} />
      )}
    </>
  );
}

type OnChange = (ruled: Ruled) => void;

function Kind(props: {
  readonly kind: BotRow['kind'];
  readonly view: BotsView;
  readonly onChange: OnChange;
}): JSX.Element | null {
  const { kind, view, onChange } = props;
  const bots = view.bots.filter((one) => one.kind === kind);
  // What nobody did needs no panel; of AI crawlers the rules are shown in any case.
  if (bots.length === 0 && kind !== 'ai') return null;
  return (
    <Panel title={t(`bots.kind.${kind}`)} lead={t(`bots.lead.${kind}`)}>
      {bots.length === 0 ? (
        <p class="about">{t('bots.noneOf')}</p>
      ) : (
        <Table bots={bots} onChange={onChange} />
      )}
      {kind === 'ai' && <Groups groups={view.groups} onChange={onChange} />}
      {kind === 'ai' && view.absent.length > 0 && <Absent absent={view.absent} onChange={onChange} />}
    </Panel>
  );
}

/** What is done with all that have no rule of their own. */
function Groups(props: { readonly groups: BotsView['groups']; readonly onChange: OnChange }): JSX.Element {
  return (
    <table class="cards bots">
      <TableHead columns={[t('bots.group'), t('bots.rule')]} />
      <tbody>
        {props.groups.map((group) => (
          <tr key={group.who}>
            <th scope="row">{t(`crawlers.${group.who}`)}</th>
            <td data-label={t('bots.rule')}>
              <RuleChip ruled={group} name={group.who} onChange={props.onChange} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Table(props: { readonly bots: readonly BotRow[]; readonly onChange: OnChange }): JSX.Element {
  const { bots } = props;
  const hasRules = bots.some(({ rule }) => rule !== undefined);
  return (
    <table class="cards bots">
      <TableHead
        columns={[
          t('bots.name'),
          t('bots.requests'),
          t('bots.cost'),
          t('bots.last'),
          ...(hasRules ? [t('bots.rule')] : []),
        ]}
      />
      <tbody>
        {bots.map((bot) => (
          <tr key={bot.name} data-row tabIndex={-1}>
            <th scope="row">
              <BotName name={bot.name} />
              <AboutBot bot={bot} />
            </th>
            <td data-label={t('bots.requests')}>
              <span class="line">{compact(bot.week.requests)}</span>
              <span class="about">
                {t('bots.ofDay', { n: bot.day.requests })}
                {bot.week.stopped > 0 && ` · ${t('bots.stopped', { n: bot.week.stopped })}`}
              </span>
            </td>
            <td data-label={t('bots.cost')}>
              {bot.week.siteMs === undefined ? (
                <span class="about">{t('bots.unmeasured')}</span>
              ) : (
                costText(bot.week.siteMs)
              )}
            </td>
            <td data-label={t('bots.last')}>
              <When atMs={bot.lastMs} />
            </td>
            {hasRules && (
              <td data-label={t('bots.rule')}>
                <RuleChip
                  ruled={bot}
                  name={bot.kind === 'ai' ? bot.name : undefined}
                  onChange={props.onChange}
                />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Some have no name, and some are too many for one of their own. */
function BotName({ name }: { readonly name: string }): JSX.Element {
  if (name === '-') return <>{t('bots.noName')}</>;
  return name === '…' ? <>{t('bots.others')}</> : <Raw>{name}</Raw>;
}

function AboutBot({
  bot: { operator, purpose },
}: {
  readonly bot: Pick<BotRow, 'operator' | 'purpose'>;
}): JSX.Element | null {
  if (operator === undefined) return null;
  return (
    <span class="about line">
      {operator}
      {purpose !== undefined && ` · ${t(`purpose.${purpose}`)}`}
    </span>
  );
}

function RuleChip(props: {
  readonly ruled: Pick<BotRow, 'rule' | 'place' | 'isChosen'>;
  /** By which it is changed; undefined where it has none of its own. */
  readonly name: string | undefined;
  readonly onChange: OnChange;
}): JSX.Element {
  const { ruled, name, onChange } = props;
  const { rule, place, isChosen = false } = ruled;
  if (rule === undefined) return <>–</>;
  const tone = rule === 'allow' ? '' : rule === 'block' ? 'ban' : 'watched';
  return (
    <>
      <span class={`chip ${tone}`}>{t(`botRule.${rule}`)}</span>{' '}
      {name !== undefined && mayEverywhere('operator') && (
        <ChangeButton what={whoText(name)} onClick={() => onChange({ who: name, rule, isChosen })} />
      )}
      {isChosen ? (
        <span class="about line place">{t('rules.chosen')}</span>
      ) : (
        place !== undefined && <span class="about line place">{t('bots.place', { place })}</span>
      )}
    </>
  );
}

/** Under a second in milliseconds: a crawler that costs nothing is no reason to act. */
function costText(ms: number): string {
  return ms < 1000 ? `${count(ms)} ms` : long(ms);
}

function Absent(props: { readonly absent: BotsView['absent']; readonly onChange: OnChange }): JSX.Element {
  const { absent } = props;
  return (
    <details class="fold">
      <summary>{t('bots.absent', { n: absent.length })}</summary>
      <table class="cards bots">
        <TableHead columns={[t('bots.name'), t('bots.rule')]} />
        <tbody>
          {absent.map((one) => (
            <tr key={one.name}>
              <th scope="row">
                {one.name}
                <AboutBot bot={one} />
              </th>
              <td data-label={t('bots.rule')}>
                <RuleChip ruled={one} name={one.name} onChange={props.onChange} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Hidden({ hidden }: { readonly hidden: BotsView['hidden'] }): JSX.Element {
  return (
    <Panel title={t('bots.hidden')} lead={t('bots.hiddenLead')}>
      <dl class="sums">
        {(['costly', 'watched', 'asked', 'passed'] as const).map((one) => (
          <div key={one}>
            <dt>{t(`bots.${one}`)}</dt>
            <dd>{count(hidden[one])}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Robots({ view }: { readonly view: BotsView }): JSX.Element {
  const copy = (): void => {
    const clipboard = (navigator as Partial<Navigator>).clipboard; // absent where the page came without TLS
    if (clipboard === undefined) return complain(t('bots.notCopied'));
    clipboard.writeText(view.robots).then(
      () => say(t('bots.copied')),
      () => complain(t('bots.notCopied')),
    );
  };
  return (
    <Panel
      title={t('bots.robots')}
      lead={t(view.isRobotsServed ? 'bots.robotsServed' : 'bots.robotsCopy')}
      side={
        <button type="button" class="button small" onClick={copy}>
          {t('bots.copy')}
        </button>
      }
    >
      <pre class="command robots" dir="ltr" tabIndex={0} aria-label={t('bots.robots')}>
        {view.robots}
      </pre>
    </Panel>
  );
}

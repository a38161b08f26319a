// Programs that fetch pages: who they are, what they cost the site, what the owner wants done with them, and robots.txt.

import type { JSX } from 'preact';
import type { BotRow, BotsView } from '../../wirePages.ts';
import { Empty, PageHead, Panel, Raw, Shown, TableHead, When } from '../parts/parts.tsx';
import { useData } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { compact, count, long, t } from '../words/words.ts';

const KINDS = ['search', 'ai', 'impostor', 'program'] as const;

export function Bots(): JSX.Element {
  const data = useData<BotsView>('/bots');
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
              <Kind key={kind} kind={kind} view={view} />
            ))}
            <Hidden hidden={view.hidden} />
            <Robots view={view} />
          </>
        )}
      </Shown>
    </>
  );
}

function Kind(props: { readonly kind: BotRow['kind']; readonly view: BotsView }): JSX.Element | null {
  const { kind, view } = props;
  const bots = view.bots.filter((one) => one.kind === kind);
  // What nobody did needs no panel; of AI crawlers the rules are shown in any case.
  if (bots.length === 0 && kind !== 'ai') return null;
  return (
    <Panel title={t(`bots.kind.${kind}`)} lead={t(`bots.lead.${kind}`)}>
      {bots.length === 0 ? <p class="about">{t('bots.noneOf')}</p> : <Table bots={bots} />}
      {kind === 'ai' && view.absent.length > 0 && <Absent absent={view.absent} />}
    </Panel>
  );
}

function Table({ bots }: { readonly bots: readonly BotRow[] }): JSX.Element {
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
                <RuleChip bot={bot} />
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

function RuleChip({ bot: { rule, place } }: { readonly bot: Pick<BotRow, 'rule' | 'place'> }): JSX.Element {
  if (rule === undefined) return <>–</>;
  const tone = rule === 'allow' ? '' : rule === 'block' ? 'ban' : 'watched';
  return (
    <>
      <span class={`chip ${tone}`}>{t(`botRule.${rule}`)}</span>
      {place !== undefined && <span class="about line place">{t('bots.place', { place })}</span>}
    </>
  );
}

/** Under a second in milliseconds: a crawler that costs nothing is no reason to act. */
function costText(ms: number): string {
  return ms < 1000 ? `${count(ms)} ms` : long(ms);
}

function Absent({ absent }: { readonly absent: BotsView['absent'] }): JSX.Element {
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
                <RuleChip bot={one} />
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

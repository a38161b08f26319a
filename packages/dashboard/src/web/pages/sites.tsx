// What is protected, how far it is known, and who serves it.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { NodeRow, SiteRow, SitesView } from '../../wirePages.ts';
import { ChangeButton } from '../parts/change-button.tsx';
import { ModeChip } from '../parts/mode-chip.tsx';
import { At, Empty, PageHead, Panel, Raw, Shown, TableHead, When } from '../parts/parts.tsx';
import { SiteChange } from '../parts/site-change.tsx';
import { useData } from '../state/data.ts';
import { mayAt } from '../state/session.ts';
import { count, long, t } from '../words/words.ts';

const SOON_MS = 14 * 86_400_000;

export function Sites(): JSX.Element {
  const data = useData<SitesView>('/sites');
  return (
    <>
      <PageHead title={t('nav.sites')} lead={t('sites.lead')} />
      <Shown data={data} rows={8}>
        {(view) => (
          <>
            {view.sites.length === 0 && (
              <Panel>
                <Empty icon="sites" title={t('sites.none')} text={t('sites.noneText')} />
              </Panel>
            )}
            {view.sites.map((site) => (
              <Site key={site.name} site={site} onChanged={data.reload} />
            ))}
            <Workers view={view} />
            {view.nodes.length > 0 && <Nodes nodes={view.nodes} />}
            {view.certificates.length > 0 && <Certificates view={view} />}
          </>
        )}
      </Shown>
    </>
  );
}

function Site(props: { readonly site: SiteRow; readonly onChanged: () => void }): JSX.Element {
  const { site } = props;
  const [changing, setChanging] = useState<'mode' | 'inspection' | undefined>(undefined);
  const { name, hosts, isServed, learned } = site;
  return (
    <Panel title={name} lead={isServed ? undefined : t('sites.fromLog')}>
      <dl class="facts">
        {hosts.length > 0 && (
          <Fact name={t('sites.hosts')}>
            {hosts.includes('*') ? t('sites.anyHost') : <Raw>{hosts.join(', ')}</Raw>}
          </Fact>
        )}
        {isServed && (
          <Fact name={t('sites.upstreams')}>
            <Upstreams upstreams={site.upstreams} />
          </Fact>
        )}
        {isServed && (
          <Fact name={t('sites.mode')} place={site.modePlace} isChosen={site.isModeChosen} mayChange>
            <ModeChip mode={site.mode} /> <ModeButton site={site} what="mode" onClick={setChanging} />
          </Fact>
        )}
        {isServed && (
          <Fact
            name={t('sites.inspection')}
            place={site.inspectionPlace}
            isChosen={site.isInspectionChosen}
            mayChange={site.mayInspect}
          >
            <ModeChip mode={site.inspectionNow} />{' '}
            {site.mayInspect && <ModeButton site={site} what="inspection" onClick={setChanging} />}
          </Fact>
        )}
        {learned !== undefined && (
          <Fact name={t('sites.traffic')} place="traffic.mode">
            <ModeChip mode={learned.modeNow} /> {learnedText(learned)}
          </Fact>
        )}
        {learned !== undefined && (
          <Fact name={t('sites.now')}>
            {t(`siteState.${learned.state}`)} · {t('sites.rate', { n: learned.requests })}
            {learned.usual !== undefined && (
              <span class="about"> {t('sites.usual', { usual: Math.round(learned.usual) })}</span>
            )}
          </Fact>
        )}
      </dl>
      {changing !== undefined && (
        <SiteChange
          site={site}
          what={changing}
          onClose={() => setChanging(undefined)}
          onDone={props.onChanged}
        />
      )}
    </Panel>
  );
}

function ModeButton(props: {
  readonly site: SiteRow;
  readonly what: 'mode' | 'inspection';
  readonly onClick: (what: 'mode' | 'inspection') => void;
}): JSX.Element | null {
  const { site, what } = props;
  if (!mayAt('operator', site.name)) return null;
  return <ChangeButton what={`${site.name}, ${t(`sites.${what}`)}`} onClick={() => props.onClick(what)} />;
}

/** A fact of a site, with the line of the configuration to edit where there is one. */
function Fact(props: {
  readonly name: string;
  readonly place?: string | undefined;
  readonly isChosen?: boolean;
  /** Whether it is changed here as well. */
  readonly mayChange?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        <span>{props.children}</span>
        {props.isChosen === true ? (
          <span class="about">{t('rules.chosen')}</span>
        ) : (
          props.place !== undefined && (
            <span class="about">
              {t(props.mayChange === true ? 'bots.place' : 'sites.place', { place: props.place })}
            </span>
          )
        )}
      </dd>
    </div>
  );
}

function Upstreams({ upstreams }: Pick<SiteRow, 'upstreams'>): JSX.Element {
  return (
    <ul class="upstreams">
      {upstreams.map(({ url, isUp, underWay }) => (
        <li key={url}>
          <Raw>{url}</Raw>{' '}
          <span class={`chip ${isUp ? 'held' : 'ban'}`}>{t(isUp ? 'sites.up' : 'sites.down')}</span>{' '}
          {underWay > 0 && <span class="about">{t('sites.underWay', { n: underWay })}</span>}
        </li>
      ))}
    </ul>
  );
}

function learnedText({ days, wantedDays }: NonNullable<SiteRow['learned']>): string {
  return days >= wantedDays
    ? t('sites.known', { days: Math.floor(days) })
    : t('sites.learned', { days, wanted: wantedDays });
}

function Workers({ view }: { readonly view: SitesView }): JSX.Element {
  const { version, startedMs, nowMs, listening, restarts, workers } = view;
  return (
    <Panel
      title={t('sites.workers')}
      lead={t('sites.engine', { version, long: long(Math.max(1000, nowMs - startedMs)) })}
    >
      <p class="about">
        {view.hasGateway ? t('sites.listening', { where: listening.join(', ') }) : t('sites.noGateway')}
        {restarts > 0 && ` ${t('sites.restarts', { n: restarts })}`}
      </p>
      {workers.length > 0 && (
        <table class="cards">
          <TableHead
            columns={[
              t('sites.worker'),
              t('sites.connection'),
              t('sites.load'),
              t('sites.decisions'),
              t('sites.upFor'),
            ]}
          />
          <tbody>
            {workers.map((worker) => (
              <Worker key={worker.number} worker={worker} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Worker({ worker }: { readonly worker: SitesView['workers'][number] }): JSX.Element {
  const { number, pid, health } = worker;
  return (
    <tr>
      <th scope="row">
        {number} <span class="about">pid {pid}</span>
      </th>
      <td data-label={t('sites.connection')}>
        {health === undefined ? (
          <span class="chip ban">{t('sites.silent')}</span>
        ) : (
          <>
            <span class={`chip ${health.isConnected ? 'held' : 'ban'}`}>
              {t(health.isConnected ? 'sites.connected' : 'sites.apart')}
            </span>{' '}
            <span class="about">
              {(health.heardSecondsAgo ?? 0) > 0 && t('sites.heard', { n: health.heardSecondsAgo ?? 0 })}
              {health.droppedEvents > 0 && ` ${t('sites.lost', { n: health.droppedEvents })}`}
            </span>
          </>
        )}
      </td>
      <td data-label={t('sites.load')}>{health === undefined ? '–' : count(health.underWay)}</td>
      <td data-label={t('sites.decisions')}>{health === undefined ? '–' : count(health.decisions)}</td>
      <td data-label={t('sites.upFor')}>{health === undefined ? '–' : long(health.upForSeconds * 1000)}</td>
    </tr>
  );
}

const NODE_CHIPS = { heard: 'held', silent: 'ban', late: 'ban', waiting: 'captcha', never: '' } as const;

function Nodes({ nodes }: { readonly nodes: readonly NodeRow[] }): JSX.Element {
  return (
    <Panel id="nodes" title={t('nodes.title')} lead={t('nodes.lead')}>
      <table class="cards">
        <TableHead columns={[t('nodes.name'), t('nodes.state'), t('nodes.what'), t('nodes.seen')]} />
        <tbody>
          {nodes.map((node) => (
            <Node key={`${node.kind} ${node.name}`} node={node} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Node({ node }: { readonly node: NodeRow }): JSX.Element {
  const { kind, name, type, version, ip, seenMs, state, pauseMs, clockAheadMs } = node;
  return (
    <tr>
      <th scope="row">
        <Raw>{name}</Raw>
      </th>
      <td data-label={t('nodes.state')}>
        <span class={`chip ${NODE_CHIPS[state]}`}>{t(`nodeState.${state}`)}</span>{' '}
        {clockAheadMs !== undefined && (
          <span class="chip captcha">
            {t(clockAheadMs > 0 ? 'nodes.ahead' : 'nodes.behind', { long: long(Math.abs(clockAheadMs)) })}
          </span>
        )}
        {(state === 'silent' || state === 'late') && (
          <p class="about">{t(state === 'late' ? 'nodes.lateFix' : 'nodes.silentFix')}</p>
        )}
        {clockAheadMs !== undefined && <p class="about">{t('nodes.clockFix')}</p>}
      </td>
      <td data-label={t('nodes.what')}>
        {t(`nodeKind.${kind}`)} <Raw>{`${type} ${version}`.trim()}</Raw>
      </td>
      <td data-label={t('nodes.seen')}>
        {seenMs === undefined ? '–' : <When atMs={seenMs} />}{' '}
        {state === 'late' && pauseMs !== undefined && (
          <span class="about">{t('nodes.used', { long: long(Math.max(1000, pauseMs)) })}</span>
        )}{' '}
        {ip !== '' && (
          <span class="about">
            <Raw>{ip}</Raw>
          </span>
        )}
      </td>
    </tr>
  );
}

function Certificates({ view }: { readonly view: SitesView }): JSX.Element {
  return (
    <Panel title={t('sites.certificates')}>
      <table class="cards">
        <TableHead columns={[t('sites.certificate'), t('sites.names'), t('sites.ends')]} />
        <tbody>
          {view.certificates.map(({ file, names, endMs }) => (
            <tr key={file}>
              <th scope="row">
                <Raw>{file}</Raw>
              </th>
              <td data-label={t('sites.names')}>
                <Raw>{names}</Raw>
              </td>
              <td data-label={t('sites.ends')}>
                {endMs === undefined ? (
                  <span class="chip ban">{t('sites.unread')}</span>
                ) : (
                  <>
                    <At atMs={endMs} />{' '}
                    {endMs - view.nowMs < SOON_MS && (
                      <span class="chip ban">{t(endMs < view.nowMs ? 'sites.over' : 'sites.soon')}</span>
                    )}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

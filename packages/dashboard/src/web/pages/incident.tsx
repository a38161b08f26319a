// One attack: what happened in a sentence, the evidence, why it was taken for an attack, and what was done, with the
// way back.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type {
  AddressView,
  DecisionView,
  EvidenceView,
  FindingView,
  IncidentView,
  VisitsView,
  WhyView,
} from '../../wire.ts';
import { ExceptionDialog, undoOf } from '../parts/exception.tsx';
import { DecideLater } from '../parts/decideLater.tsx';
import { DialogEnd } from '../parts/form.tsx';
import { Icon } from '../parts/icons.tsx';
import type { IncidentActsProps } from '../parts/incident-acts.tsx';
import { laterPart } from '../parts/lazy.tsx';
import {
  At,
  Dialog,
  familyText,
  PageHead,
  Panel,
  Raw,
  remediationText,
  Shown,
  SourceText,
  StateChip,
} from '../parts/parts.tsx';
import { Marked, Reasons } from '../parts/reasons.tsx';
import { tell, type Fault } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { may, mayEverywhere } from '../state/session.ts';
import { ago, compact, faultText, long, moment, percent, t } from '../words/words.ts';
import { decideAgain } from './overview.tsx';

const Acts = laterPart<IncidentActsProps>(
  async () => (await import('../parts/incident-acts.tsx')).IncidentActs,
);

export function Incident({ id }: { readonly id: string }): JSX.Element {
  const data = useData<IncidentView>(`/incidents/${encodeURIComponent(id)}`);
  const title =
    data.value === undefined ? t('incidents.title') : familyText(data.value.family, data.value.title);
  return (
    <>
      <a class="back" href="/incidents">
        <Icon name="back" /> {t('incident.back')}
      </a>
      <PageHead title={title}>{data.value !== undefined && <StateChip state={data.value.state} />}</PageHead>
      <Shown data={data} rows={8}>
        {(view) => <Whole view={view} reload={data.reload} />}
      </Shown>
    </>
  );
}

function Whole({ view, reload }: { readonly view: IncidentView; readonly reload: () => void }): JSX.Element {
  const span =
    view.lastMs - view.firstMs < 1000
      ? t('incident.once', { from: moment(view.firstMs) })
      : t('incident.span', {
          from: moment(view.firstMs),
          to: moment(view.lastMs),
          long: long(view.lastMs - view.firstMs),
        });
  return (
    <>
      <div class="story">
        <p class="story-text">{view.sentence}.</p>
        <p class="about">
          {span} · {t('incidents.events', { n: view.events })} · {t('incidents.sources', { n: view.sources })}
        </p>
      </div>
      <div class="columns">
        <div class="column">
          {view.findings.length > 0 && <Findings findings={view.findings} reload={reload} />}
          <Evidence evidence={view.evidence} />
          <Why view={view} />
        </div>
        <div class="column side">
          <Done view={view} reload={reload} />
          {view.others !== undefined && <Others others={view.others} />}
          {Acts.value === undefined ? <Acts.Wait /> : <Acts.value view={view} onDone={reload} />}
          {view.families.length > 1 && <Kinds families={view.families} />}
          <Commands view={view} />
        </div>
      </div>
    </>
  );
}

function Evidence({ evidence }: { readonly evidence: readonly EvidenceView[] }): JSX.Element {
  return (
    <Panel title={t('incident.evidence')} lead={t('incident.evidenceLead')}>
      {evidence.length === 0 ? (
        <p class="quiet">{t('incident.noEvidence')}</p>
      ) : (
        <ol class="evidence">
          {evidence.map((one, i) => (
            <li key={i}>
              <span class="about">
                <At atMs={one.atMs} /> <Raw>{one.source}</Raw>
              </span>
              <code dir="ltr">
                <Marked parts={one.parts} />
              </code>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Why({ view }: { readonly view: IncidentView }): JSX.Element {
  return (
    <Panel title={t('incident.why')}>
      <ul class="whys">
        {view.why.map((why) => (
          <li key={why.scenario}>
            <p>
              <strong>{familyText(why.family, why.scenario)}</strong>
            </p>
            <p>{why.sentence}.</p>
            <p class="about">{ruleText(why)}</p>
            <p class="about">
              <code>{why.scenario}</code>
            </p>
          </li>
        ))}
      </ul>
      {view.spared.map((why) => (
        <p key={why} class="notice care">
          {t('incident.spared', { why })}
        </p>
      ))}
      {view.isSimulated && <p class="notice care">{t('incident.simulated')}</p>}
    </Panel>
  );
}

function ruleText({ events, capacity, leakSpeedMs }: WhyView): string {
  if (capacity <= 0 || events <= 1) return t('incident.whyOne');
  const more = t('incident.whyCapacity', { n: events, capacity });
  return leakSpeedMs > 0 ? `${more}; ${t('incident.leak', { time: long(leakSpeedMs) })}` : more;
}

function Findings(props: {
  readonly findings: readonly FindingView[];
  readonly reload: () => void;
}): JSX.Element {
  return (
    <Panel title={t('incident.findings')} lead={t('incident.findingLead')}>
      <ul class="findings">
        {props.findings.map((finding) => (
          <Finding key={finding.record} finding={finding} reload={props.reload} />
        ))}
      </ul>
    </Panel>
  );
}

function Finding({
  finding,
  reload,
}: {
  readonly finding: FindingView;
  readonly reload: () => void;
}): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const { record, atMs, ip, method, path, reasons, score, feedback } = finding;
  const act = (work: () => Promise<void>): void => {
    work().catch((error: unknown) => complain(faultText(error as Fault))); // of `tell`
  };
  return (
    <li class="finding" id={`record-${record}`}>
      <p class="finding-head">
        <code dir="ltr">
          {method} <Raw>{path}</Raw>
        </code>
        <span class={`chip ${finding.isEnforced ? 'held' : 'watched'}`}>{doneText(finding)}</span>
      </p>
      <p class="about">
        <At atMs={atMs} /> · <Raw>{ip}</Raw> · {t('incident.sure', { percent: percent(score) })} ·{' '}
        <code>{record}</code>
      </p>
      <Reasons reasons={reasons} />
      {feedback === undefined ? (
        may('analyst') && (
          <div class="acts">
            <button type="button" class="button small" onClick={() => setAsking(true)}>
              {t('finding.noAttack')}
            </button>
            <button
              type="button"
              class="button small"
              onClick={() =>
                act(async () => {
                  const said = await tell<FindingView>(`/findings/${record}/attack`, {});
                  say(t('finding.noted'), undoOf(said.feedback, reload));
                  reload();
                })
              }
            >
              {t('finding.attack')}
            </button>
          </div>
        )
      ) : (
        <p class="notice good">
          {t(feedback.kind === 'attack' ? 'finding.saidAttack' : 'finding.saidNoAttack', { by: feedback.by })}{' '}
          {may('analyst') && (
            <button
              type="button"
              class="button small"
              onClick={() =>
                act(async () => {
                  await tell('/feedback/undo', { number: feedback.number });
                  say(t('finding.taken'));
                  reload();
                })
              }
            >
              {t('app.undo')}
            </button>
          )}
        </p>
      )}
      {isAsking && <ExceptionDialog record={record} onClose={() => setAsking(false)} onDone={reload} />}
    </li>
  );
}

function doneText({ action, isEnforced }: FindingView): string {
  if (action === 'pass') return t('finding.passed');
  if (!isEnforced) return t('finding.would');
  return t(action === 'challenge' ? 'finding.challenged' : 'finding.blocked');
}

function Done({ view, reload }: { readonly view: IncidentView; readonly reload: () => void }): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const [extending, setExtending] = useState<DecisionView | undefined>(undefined);
  const nowMs = Date.now();
  const running = view.addresses.flatMap(({ decisions }) => decisions.filter((one) => isRunning(one, nowMs)));
  const lift = (decisions: readonly DecisionView[]): void => {
    liftDecisions(decisions, reload).catch((error: unknown) => complain(faultText(error as Fault)));
  };
  return (
    <Panel title={t('incident.done')} lead={running.length > 0 ? t('incident.doneLead') : undefined}>
      <ul class="addresses">
        {view.addresses.map((address) => (
          <Address
            key={`${address.scope} ${address.value}`}
            address={address}
            nowMs={nowMs}
            onLift={lift}
            onExtend={setExtending}
          />
        ))}
      </ul>
      {view.addressesLeftOut > 0 && (
        <p class="about">{t('incident.leftOut', { n: view.addressesLeftOut })}</p>
      )}
      {running.length > 1 && may('operator') && (
        <button type="button" class="button wide" onClick={() => setAsking(true)}>
          <Icon name="undo" /> {t('incident.liftAll')}
        </button>
      )}
      {extending !== undefined && (
        <DecideLater
          kind="extend"
          value={extending.value}
          remediation={extending.remediation}
          onClose={() => setExtending(undefined)}
          onDone={reload}
        />
      )}
      {isAsking && (
        <Dialog title={t('incident.liftAll')} onClose={() => setAsking(false)}>
          <p>{t('incident.liftAllSure', { n: running.length })}</p>
          <DialogEnd onCancel={() => setAsking(false)}>
            <button
              type="button"
              class="button main"
              onClick={() => {
                setAsking(false);
                lift(running);
              }}
            >
              {t('incident.liftAll')}
            </button>
          </DialogEnd>
        </Dialog>
      )}
    </Panel>
  );
}

/** Whom the decisions may hit beside the attacker. */
function Others({ others }: { readonly others: VisitsView }): JSX.Element {
  const { requests, days, people, logins } = others;
  const humans = Math.max(people, logins);
  const seen = { n: Math.max(1, days), requests: compact(requests) };
  return (
    <Panel title={t('incident.others')}>
      {humans > 0 && <p class="notice care">{t('incident.othersPeople', { n: humans })}</p>}
      {humans === 0 && <p>{t(requests === 0 ? 'incident.othersNone' : 'incident.othersSome', seen)}</p>}
      {(humans > 0 || requests > 0) && <p class="about">{t('incident.othersHint')}</p>}
    </Panel>
  );
}

function Address(props: {
  readonly address: AddressView;
  readonly nowMs: number;
  readonly onLift: (decisions: readonly DecisionView[]) => void;
  readonly onExtend: (decision: DecisionView) => void;
}): JSX.Element {
  const { address, nowMs, onLift, onExtend } = props;
  return (
    <li>
      <p class="address">
        <SourceText source={address} />
        <span class="about">{t('incidents.events', { n: address.events })}</span>
      </p>
      {address.decisions.length === 0 && <p class="about">{t('incident.nothingDone')}</p>}
      {address.decisions.map((decision) => (
        <p class="done" key={decision.number}>
          <span>{decisionText(decision, nowMs)}</span>
          {isRunning(decision, nowMs) && may('operator') && (
            <span class="acts">
              {mayEverywhere('operator') && (
                <button
                  type="button"
                  class="button small"
                  aria-label={t('incident.extendOf', { value: decision.value })}
                  onClick={() => onExtend(decision)}
                >
                  {t('incident.extend')}
                </button>
              )}
              <button
                type="button"
                class="button small"
                aria-label={t('decisions.liftOf', { value: decision.value })}
                onClick={() => onLift([decision])}
              >
                {t('decisions.lift')}
              </button>
            </span>
          )}
        </p>
      ))}
    </li>
  );
}

function isRunning({ endMs, lift }: DecisionView, nowMs: number): boolean {
  return lift === undefined && endMs > nowMs;
}

function decisionText(decision: DecisionView, nowMs: number): string {
  const what = remediationText(decision.remediation);
  const { lift, endMs } = decision;
  if (lift !== undefined) return t('incident.liftedBy', { what, by: lift.by, when: ago(lift.atMs) });
  return t(endMs > nowMs ? 'incident.until' : 'incident.ended', { what, when: moment(endMs) });
}

/** Ends decisions and says so, with the way back. */
export async function liftDecisions(decisions: readonly DecisionView[], reload: () => void): Promise<void> {
  const numbers = decisions.map(({ number }) => number);
  const { lifted } = await tell<{ readonly lifted: readonly DecisionView[] }>('/decisions/lift', {
    ...{ numbers, reason: 'lifted in the dashboard' },
  });
  say(t('decisions.lifted', { n: lifted.length, value: lifted[0]?.value ?? '' }), async () => {
    await decideAgain(lifted);
    say(t('decisions.again', { value: lifted.map(({ value }) => value).join(', ') }));
    reload();
  });
  reload();
}

function Kinds({ families }: { readonly families: IncidentView['families'] }): JSX.Element {
  return (
    <Panel title={t('incident.kinds')}>
      <ul class="kinds">
        {families.map(({ family, title, alerts }) => (
          <li key={title}>
            <span>{familyText(family, title)}</span>
            <span class="about number">{alerts}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Commands({ view }: { readonly view: IncidentView }): JSX.Element {
  const { value } = view.source;
  return (
    <details class="fold panel">
      <summary>{t('incident.commands')}</summary>
      <pre class="command" tabIndex={0} dir="ltr">
        {`parapet alerts list --ip ${value}\nparapet unban ${value}\nparapet allowlist add ${value}`}
      </pre>
    </details>
  );
}

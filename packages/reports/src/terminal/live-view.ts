// The live view of `parapet up` as lines of text, made from a model: no terminal, no clock.

import type { Alert, Decision } from '@parapet/kinds';
import { countOf, formatClock, formatCount, formatRemaining } from '../words/numbers.ts';
import { describeDecision } from '../words/sentences.ts';
import { renderSparkline } from './chart.ts';
import { describeAlertShort, describeOutcomeShort } from './event-line.ts';
import { makeStyle, type Style } from './style.ts';
import { fit, pad, plain } from './text.ts';

export interface LiveModel {
  readonly nowMs: number;
  readonly startedMs: number;
  readonly lines: number;
  readonly unparsed: number;
  readonly lastLineMs: number | undefined;
  /** Lines of each of the last seconds, the latest at the end. */
  readonly linesPerSecond: readonly number[];
  /** Alerts of the last ten minutes, and from how many sources. */
  readonly recentAlerts: number;
  readonly recentSources: number;
  /** The latest first. */
  readonly decisions: readonly Decision[];
  readonly decisionsTotal: number;
  /** The latest first. */
  readonly alerts: ReadonlyArray<{
    readonly alert: Alert;
    readonly decisions: readonly Decision[];
    readonly covered?: readonly Decision[];
  }>;
  readonly sources: readonly string[];
  /** Whether visitors themselves are a source, so that it is no sign of a wrong path when nothing comes. */
  readonly hasGateway?: boolean;
}

export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

const QUIET_AFTER_MS = 60_000;
const UNDER_ATTACK = 20;

/** Returns the view, at most `rows` lines of at most `columns` cells (colour codes apart). */
export function renderLiveView(model: LiveModel, size: ViewSize): string[] {
  const style = makeStyle(size.color);
  const width = Math.max(20, size.columns);
  const lines = [
    style.bold(fit(threatSentence(model), width)),
    trafficLine(model, width, style),
    '',
    ...decisionLines(model, width, style, Math.max(1, Math.floor((size.rows - 8) / 2))),
    '',
  ];
  const room = Math.max(1, size.rows - lines.length - 3);
  lines.push(...alertLines(model, width, style, room), style.dim(fit(footer(model), width)));
  return lines.slice(0, Math.max(1, size.rows - 1));
}

/** Returns the state of things in one sentence. */
function threatSentence(model: LiveModel): string {
  const since = model.lastLineMs === undefined ? undefined : model.nowMs - model.lastLineMs;
  if (since === undefined && model.hasGateway === true) return 'Waiting for the first request.';
  if (since === undefined) {
    return model.nowMs - model.startedMs < QUIET_AFTER_MS
      ? 'Waiting for the first line.'
      : `No line for ${formatRemaining(model.nowMs - model.startedMs)}: check the path of the log.`;
  }
  const state = alertState(model);
  return since < QUIET_AFTER_MS || model.hasGateway === true
    ? state
    : `${state} No line for ${formatRemaining(since)}.`;
}

function alertState(model: LiveModel): string {
  if (model.recentAlerts === 0) return 'Quiet: no alert in the last 10 minutes.';
  const what = `${countOf(model.recentAlerts, 'alert')} from ${countOf(model.recentSources, 'source')} in the last 10 minutes`;
  if (model.recentAlerts >= UNDER_ATTACK) return `Under attack: ${what}.`;
  return `Attacks are being handled: ${what}.`;
}

function trafficLine(model: LiveModel, width: number, style: Style): string {
  const rate = model.linesPerSecond.at(-1) ?? 0;
  const text = `${formatCount(rate)} lines/s  ${formatCount(model.lines)} in all${
    model.unparsed === 0 ? '' : `, ${formatCount(model.unparsed)} not understood`
  }`;
  const spark = renderSparkline(model.linesPerSecond, Math.min(60, width - text.length - 2));
  return spark === '' ? fit(text, width) : `${style.cyan(spark)}  ${fit(text, width - spark.length - 2)}`;
}

function decisionLines(model: LiveModel, width: number, style: Style, room: number): string[] {
  const title = fit(`Active decisions: ${formatCount(model.decisionsTotal)}`, width);
  const rows = model.decisions.slice(0, room).map((decision) => {
    const left = pad(formatRemaining(decision.expiresAt.getTime() - model.nowMs), 8, 'right');
    const who = plain(decision.target.value);
    const why = plain(decision.scenario);
    const line = `${left}  ${who}  ${describeDecision(decision)}  ${why}`;
    return decision.mode === 'simulated' ? style.dim(fit(line, width)) : fit(line, width);
  });
  const hidden = model.decisionsTotal - rows.length;
  if (hidden > 0 && rows.length > 0)
    rows.push(style.dim(fit(`          and ${formatCount(hidden)} more: parapet decisions list`, width)));
  return [style.bold(title), ...rows];
}

function alertLines(model: LiveModel, width: number, style: Style, room: number): string[] {
  if (model.alerts.length === 0) return [fit('No alert yet.', width)];
  const rows = model.alerts.slice(0, room).map(({ alert, decisions, covered }) => {
    const outcome = pad(describeOutcomeShort(alert, decisions, covered), 10);
    const line = `${formatClock(alert.knownAt)}  ${outcome}  ${describeAlertShort(alert)}`;
    const isActed = decisions.length > 0 && alert.spared === undefined;
    return isActed ? style.red(fit(line, width)) : fit(line, width);
  });
  return [style.bold(fit('Last alerts', width)), ...rows];
}

function footer(model: LiveModel): string {
  const sources = model.sources.map((source) => plain(source)).join(', ');
  return `Watching ${sources === '' ? 'nothing yet' : sources}. Ctrl-C ends.`;
}

// The picture of the day in a terminal: two rows of columns over one time axis, traffic above, alerts below.
// Block characters of an eighth give a chart of three lines 24 steps.

import { resample } from '../replay/timeline.ts';
import type { Timeline } from '../replay/summary.ts';
import { formatClock, formatCount, formatInstant } from '../words/numbers.ts';
import { makeStyle } from './style.ts';
import type { TextOptions } from './table.ts';
import { pad } from './text.ts';

const STEPS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const DAY_MS = 86_400_000;
const TICK_STEPS_MS = [
  60_000, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000,
];

/** Returns the chart as lines of at most `options.columns` cells; none where nothing has a time. */
export function renderChart(timeline: Timeline, options: TextOptions): string[] {
  const width = Math.min(Number.isFinite(options.columns) ? options.columns : 100, 160);
  const labelWidth = 10;
  const slots = resample(timeline, Math.max(10, width - labelWidth - 1));
  if (slots.length === 0) return [];
  const style = makeStyle(options.color);
  const stretch = Math.max(1, Math.floor((width - labelWidth - 1) / slots.length));
  const events = slots.map((slot) => slot.events);
  const alerts = slots.map((slot) => slot.alerts);
  const label = (text: string): string => `${pad(text, labelWidth, 'right')} `;
  const traffic = renderColumns(events, 4, stretch).map((line, i) => {
    const text = i === 0 ? formatCount(Math.max(...events)) : i === 3 ? 'events' : '';
    return label(text) + style.cyan(line.trimEnd());
  });
  const attacks = renderColumns(alerts, 2, stretch).map((line, i) => {
    const text = i === 0 ? formatCount(Math.max(...alerts)) : 'alerts';
    return label(text) + style.red(line.trimEnd());
  });
  const slotMs = slots.length > 1 ? slots[1]!.startMs - slots[0]!.startMs : timeline.bucketMs;
  const axis = renderAxis(slots[0]!.startMs, slotMs / stretch, slots.length * stretch);
  return [...traffic, ...attacks, `${label('UTC')}${style.dim(axis)}`].map((line) => line.trimEnd());
}

/** Returns the values as one line of block characters, the latest at the right. */
export function renderSparkline(values: readonly number[], width: number): string {
  if (width <= 0) return '';
  const shown = values.slice(-width);
  return renderColumns(shown, 1, 1)[0] ?? '';
}

function renderColumns(values: readonly number[], height: number, stretch: number): string[] {
  const highest = Math.max(1, ...values);
  const eighths = values.map((value) =>
    value <= 0 ? 0 : Math.max(1, Math.round((value / highest) * height * 8)),
  );
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * 8;
    return eighths.map((amount) => STEPS[Math.max(0, Math.min(8, amount - below))]!.repeat(stretch)).join('');
  });
}

function renderAxis(startMs: number, cellMs: number, cells: number): string {
  const spanMs = cellMs * cells;
  const stepMs =
    TICK_STEPS_MS.find((step) => step / cellMs >= 9 && spanMs / step <= 14) ??
    Math.max(DAY_MS, Math.ceil((cellMs * 12) / DAY_MS) * DAY_MS);
  let axis = '';
  for (let atMs = Math.ceil(startMs / stepMs) * stepMs; atMs < startMs + spanMs; atMs += stepMs) {
    const cell = Math.floor((atMs - startMs) / cellMs);
    const isMidnight = atMs % DAY_MS === 0;
    const at = new Date(atMs);
    const text = `╵${isMidnight ? formatInstant(at).slice(5, 10) : formatClock(at)}`;
    if (cell < axis.length || cell + text.length > cells) continue;
    axis = `${axis.padEnd(cell)}${text} `;
  }
  return axis.trimEnd();
}

// The timeline as inline SVG: bars for traffic above, for alerts below, one time axis. What it shows is
// said in a sentence and given as a table beside it.

import { resample } from '../replay/timeline.ts';
import type { Timeline } from '../replay/summary.ts';
import { formatClock, formatCount, formatDay } from '../words/numbers.ts';
import { html, type Html } from './escape.ts';

const WIDTH = 960;
const LEFT = 92;
const TRAFFIC_TOP = 34;
const TRAFFIC_HEIGHT = 150;
const ATTACK_TOP = 222;
const ATTACK_HEIGHT = 70;
const HEIGHT = 328;
const SLOTS = 150;
const DAY_MS = 86_400_000;

/** Returns the picture; nothing where no event has a time. */
export function renderTimelineSvg(
  timeline: Timeline,
  title: string,
  description: string,
  word: string,
): Html {
  const slots = resample(timeline, SLOTS);
  if (slots.length === 0) return html``;
  const step = (WIDTH - LEFT) / slots.length;
  const mostEvents = Math.max(1, ...slots.map((slot) => slot.events));
  const mostAlerts = Math.max(1, ...slots.map((slot) => slot.alerts));
  const bar = (
    i: number,
    value: number,
    most: number,
    bottom: number,
    height: number,
    kind: string,
  ): Html => {
    const tall = value === 0 ? 0 : Math.max(1.5, (value / most) * height);
    if (tall === 0) return html``;
    const x = (LEFT + i * step).toFixed(2);
    const width = Math.max(0.8, step * 0.86).toFixed(2);
    return html`<rect
      class="${kind}"
      x="${x}"
      y="${(bottom - tall).toFixed(2)}"
      width="${width}"
      height="${tall.toFixed(2)}"
    />`;
  };
  const trafficBottom = TRAFFIC_TOP + TRAFFIC_HEIGHT;
  const attackBottom = ATTACK_TOP + ATTACK_HEIGHT;
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-labelledby="chart-title chart-text"
  >
    <title id="chart-title">${title}</title>
    <desc id="chart-text">${description}</desc>
    <text x="0" y="22">${word}s</text>
    <text x="${LEFT - 6}" y="${TRAFFIC_TOP + 16}" text-anchor="end">${formatCount(mostEvents)}</text>
    <text x="0" y="${ATTACK_TOP - 8}">alerts</text>
    <text x="${LEFT - 6}" y="${ATTACK_TOP + 16}" text-anchor="end">${formatCount(mostAlerts)}</text>
    <g>
      ${slots.map((slot, i) => bar(i, slot.events, mostEvents, trafficBottom, TRAFFIC_HEIGHT, 'traffic'))}
    </g>
    <g>${slots.map((slot, i) => bar(i, slot.alerts, mostAlerts, attackBottom, ATTACK_HEIGHT, 'attack'))}</g>
    <line class="rule" x1="${LEFT}" x2="${WIDTH}" y1="${trafficBottom}" y2="${trafficBottom}" />
    <line class="rule" x1="${LEFT}" x2="${WIDTH}" y1="${attackBottom}" y2="${attackBottom}" />
    ${renderTicks(slots[0]!.startMs, slots.length > 1 ? slots[1]!.startMs - slots[0]!.startMs : timeline.bucketMs, slots.length, step)}
  </svg>`;
}

function renderTicks(startMs: number, slotMs: number, count: number, step: number): Html[] {
  const spanMs = slotMs * count;
  const choices = [1, 5, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * 60_000);
  const tickMs = choices.find((choice) => spanMs / choice <= 9) ?? Math.ceil(spanMs / 9 / DAY_MS) * DAY_MS;
  const ticks: Html[] = [];
  for (let atMs = Math.ceil(startMs / tickMs) * tickMs; atMs < startMs + spanMs; atMs += tickMs) {
    const x = LEFT + ((atMs - startMs) / slotMs) * step;
    if (x > WIDTH - 70) break;
    const at = new Date(atMs);
    const label = atMs % DAY_MS === 0 ? formatDay(at).slice(5) : formatClock(at);
    const top = ATTACK_TOP + ATTACK_HEIGHT;
    ticks.push(
      html`<line class="rule" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${top}" y2="${top + 6}" /><text
          x="${x.toFixed(1)}"
          y="${top + 28}"
          >${label}</text
        >`,
    );
  }
  return ticks;
}

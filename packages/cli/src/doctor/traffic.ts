// How far the learning of normal traffic is.

import { formatCount, plain } from '@parapet/reports';
import { readStatus, type TrafficStatus } from '../traffic/status.ts';
import type { Card } from './card.ts';

const MOST_SITES = 5;
/** An engine writes it down each minute. */
const OLD_MS = 600_000;

/** Returns a card for each site; none where traffic was never learnt. */
export function checkTraffic(dataDir: string, isRunning: boolean, nowMs: number): readonly Card[] {
  const status = readStatus(dataDir);
  if (status === undefined || status.sites.length === 0) return [];
  const cards = status.sites.slice(0, MOST_SITES).map((site) => siteCard(site, status.wantedDays));
  if (status.sites.length > MOST_SITES)
    cards.push({
      level: 'fine',
      topic: 'traffic',
      says: `${formatCount(status.sites.length - MOST_SITES)} more sites are learnt`,
      fix: 'See all: parapet traffic status',
    });
  if (isRunning && nowMs - Date.parse(status.at) > OLD_MS)
    cards.push({
      level: 'important',
      topic: 'traffic',
      says: `What was learnt of traffic was written down last at ${status.at}`,
      fix: 'See what the engine says: journalctl -u parapet; is there room on the disk?',
    });
  return cards;
}

function siteCard(
  { site, mode, modeNow, progress, state }: TrafficStatus['sites'][number],
  wantedDays: number,
): Card {
  const name = site === '' ? 'Traffic' : `Traffic of ${plain(site)}`;
  const done = {
    off: 'not watched',
    learn: mode === 'learn' ? 'nothing is told, as chosen' : 'nothing is told yet',
    observe: mode === 'enforce' ? `told only until ${wantedDays} days are known` : 'told only, as chosen',
    enforce: 'what is not normal is acted on',
  }[modeNow];
  const now = {
    usual: '',
    'attack-wave': '; a wave of attack is going on',
    'flash-crowd': '; a crowd is here',
  }[state];
  return { level: 'fine', topic: 'traffic', says: `${name}: ${progress} (${done})${now}` };
}

// The gateway, by what its supervisor says.

import { askSupervisor, findOrphans, type SupervisorStatus } from '@parapet/gateway';
import { formatCount } from '@parapet/reports';
import type { Card } from './card.ts';

type Worker = SupervisorStatus['workers'][number];

/** More workers than this that ended by themselves are no accident. */
const MANY_RESTARTS = 3;

/** Returns what there is to say about the gateway of this data directory; nothing where none is used. */
export async function checkGateway(dataDir: string): Promise<readonly Card[]> {
  const status = await askSupervisor(dataDir);
  if (status === undefined) return orphanCards(await findOrphans(dataDir));
  const { listening, workers, restarts, pid } = status;
  const says = `A gateway serves ${listening.join(', ')} with ${count(workers.length, 'worker')} (process ${pid})`;
  const cards: Card[] = [{ level: 'fine', topic: 'gateway', says }];
  const add = (level: Card['level'], text: string, fix: string): void =>
    void cards.push({ level, topic: 'gateway', says: text, fix });
  const apart = workers.filter(({ health }) => health?.engine.isConnected === false);
  if (apart.length > 0) {
    add(
      'critical',
      `${count(apart.length, 'worker')} of the gateway ${apart.length === 1 ? 'is' : 'are'} without an engine: decisions stay in force, and nothing new is decided`,
      'Look at what the engine says: journalctl -u parapet; where it runs on its own, start it: parapet engine',
    );
  }
  if (restarts > MANY_RESTARTS)
    add('important', `Workers of the gateway have ended ${restarts} times by themselves`, REPORT);
  const dropped = sum(workers, ({ health }) => health?.engine.droppedEvents ?? 0);
  if (dropped > 0) {
    add(
      'important',
      `${formatCount(dropped)} events were lost while no engine took them`,
      'See why the engine was away or too slow; the site itself was served',
    );
  }
  const faults = sum(workers, ({ health }) => health?.faults ?? 0);
  if (faults > 0)
    add('important', `Deciding on a request failed ${faults} times; these requests passed`, REPORT);
  const refused = Math.max(0, ...workers.map(({ health }) => health?.decisions.refused ?? 0));
  if (refused > 0)
    add('important', `${formatCount(refused)} decisions could not be taken over by the gateway`, REPORT);
  for (const upstream of downOf(workers))
    add(
      'critical',
      `The site at ${upstream} does not answer the gateway`,
      'Start it, or mend gateway.upstream',
    );
  for (const finding of new Set(workers.flatMap(({ health }) => health?.findings ?? [])))
    cards.push({ level: 'important', topic: 'gateway', says: finding });
  return cards;
}

const REPORT = 'Look at what it says: journalctl -u parapet; then send us: parapet support dump';

function orphanCards(pids: readonly number[]): readonly Card[] {
  if (pids.length === 0) return [];
  const says = `${count(pids.length, 'worker')} of a gateway that was killed ${pids.length === 1 ? 'serves' : 'serve'} the site alone (process ${pids.join(', ')}): decisions stay in force, and nothing new is decided`;
  return [{ level: 'critical', topic: 'gateway', says, fix: 'Start it again; it takes over: parapet up' }];
}

/** Servers of which no worker thinks that they work. */
function downOf(workers: readonly Worker[]): readonly string[] {
  const states = workers.flatMap(({ health }) => (health?.sites ?? []).flatMap(({ upstreams }) => upstreams));
  const up = new Set(states.filter(({ isUp }) => isUp).map(({ url }) => url));
  return [...new Set(states.map(({ url }) => url))].filter((url) => !up.has(url));
}

function sum(workers: readonly Worker[], of: (worker: Worker) => number): number {
  return workers.reduce((total, worker) => total + of(worker), 0);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

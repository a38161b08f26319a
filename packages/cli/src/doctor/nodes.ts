// What should report to the engine of this data directory, and does not or not well.

import type { NodeRow } from '@parapet/dashboard';
import { openStore, type EngineProcess } from '@parapet/store';
import type { CommandContext } from '../context.ts';
import { nodesOf, nodeTroubles } from '../up/nodes.ts';
import type { Card } from './card.ts';

const MOST_CARDS = 5;

/** Returns a card for each trouble of a node, and for who waits; the store can be read. Without an engine, nothing can report. */
export async function checkNodes(
  context: CommandContext,
  dataDir: string,
  engine: EngineProcess | undefined,
): Promise<readonly Card[]> {
  if (engine === undefined) return [];
  const nowMs = context.now().getTime();
  const store = await openStore({ dataDir, role: 'reader', now: context.now });
  let nodes: readonly NodeRow[];
  try {
    nodes = await nodesOf(store, nowMs, engine.startedAt.getTime());
  } finally {
    await store.close();
  }
  const cards = nodes.flatMap((node): Card[] => {
    const { kind, name, state } = node;
    const troubles = nodeTroubles(node, nowMs).map((trouble): Card => ({
      level: 'important',
      topic: 'nodes',
      ...trouble,
    }));
    if (state !== 'waiting') return troubles;
    const says = `The ${kind} ${name} waits to be admitted: what it sends is refused`;
    return [
      ...troubles,
      { level: 'recommended', topic: 'nodes', says, fix: `parapet machines validate ${name}` },
    ];
  });
  const more = cards.length - MOST_CARDS;
  return more <= 0
    ? cards
    : [
        ...cards.slice(0, MOST_CARDS),
        { level: 'important', topic: 'nodes', says: `${more} more nodes`, fix: 'See all: parapet nodes' },
      ];
}

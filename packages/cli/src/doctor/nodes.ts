// What should report to the engine of this data directory, and does not.

import type { NodeRow } from '@parapet/dashboard';
import { openStore, type EngineProcess } from '@parapet/store';
import type { CommandContext } from '../context.ts';
import { nodeAdvice, nodeSays, nodesOf } from '../up/nodes.ts';
import type { Card } from './card.ts';

const MOST_CARDS = 5;

/** Returns a card for each node that is silent or waits; the store can be read. Without an engine, nothing can report. */
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
    if (state === 'silent')
      return [{ level: 'important', topic: 'nodes', says: nodeSays(node, nowMs), fix: nodeAdvice(node) }];
    if (state !== 'waiting') return [];
    const says = `The ${kind} ${name} waits to be admitted: what it sends is refused`;
    return [{ level: 'recommended', topic: 'nodes', says, fix: `parapet machines validate ${name}` }];
  });
  const more = cards.length - MOST_CARDS;
  return more <= 0
    ? cards
    : [
        ...cards.slice(0, MOST_CARDS),
        { level: 'important', topic: 'nodes', says: `${more} more nodes`, fix: 'See all: parapet nodes' },
      ];
}

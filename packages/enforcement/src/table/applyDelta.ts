// Keeps a table up to date from what the engine sends. A delta is plain JSON, so that it can cross a socket.

import { parseIpOrCidr } from '@parapet/kinds';
import type { DecisionTable } from './decisionTable.ts';
import type { DecisionName, TableDecision, TableFault } from './tableDecision.ts';

export interface TableDelta {
  /** Everything that was there before goes first. */
  readonly isWhole?: boolean;
  readonly remove?: readonly DecisionName[];
  /** Added after the removals; one with a known id and target replaces it. */
  readonly add?: readonly TableDecision[];
  /** Addresses and ranges; the allowlist as a whole when it has changed. */
  readonly allowlist?: readonly string[];
}

export interface Applied {
  readonly added: number;
  readonly removed: number;
  /** What was not taken and why, at most twenty of them. */
  readonly faults: readonly TableFault[];
  readonly refused: number;
}

const TOLD = 20;

export function applyDelta(table: DecisionTable, delta: TableDelta): Applied {
  const faults: TableFault[] = [];
  if (delta.isWhole === true) table.clear();
  let removed = 0;
  for (const { id, target } of delta.remove ?? []) if (table.remove(id, target)) removed++;
  let refused = 0;
  const refuse = (fault: TableFault): void => {
    if (refused++ < TOLD) faults.push(fault);
  };
  let added = 0;
  for (const decision of delta.add ?? []) {
    const fault = table.add(decision);
    if (fault === undefined) added++;
    else refuse(fault);
  }
  if (delta.allowlist !== undefined) {
    const ranges = delta.allowlist.flatMap((value) => {
      const range = parseIpOrCidr(value.trim());
      if (range === undefined)
        refuse({
          code: 'E_TABLE_ALLOWLIST',
          message: `${JSON.stringify(value.slice(0, 80))} is no address and no range`,
        });
      return range === undefined ? [] : [range];
    });
    table.setAllowlist(ranges);
  }
  return { added, removed, faults, refused };
}

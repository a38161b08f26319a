// The guard is asked and told in these places. It must not throw; when it does, the request passes and the
// fault is counted.

import {
  PASS,
  type Action,
  type Answer,
  type Client,
  type Exchange,
  type RequestView,
  type ResponseView,
} from '@parapet/kinds';
import type { BodyIntake } from './body-intake.ts';
import type { Core } from './core.ts';

export function guardFault(core: Core, error: unknown): void {
  core.counters.guardFaults++;
  core.onFault(error);
}

export function askGuard(core: Core, request: RequestView, client: Client, site: string): Action {
  try {
    return core.guard.onRequest(request, client, site);
  } catch (error) {
    guardFault(core, error);
    return PASS;
  }
}

/** Asks who wanted to read the body first. */
export function decideOn(core: Core, intake: BodyIntake): Action {
  const { wanted } = intake;
  try {
    return wanted.kind === 'read' ? wanted.decide(intake.body(), intake.isFull) : PASS;
  } catch (error) {
    guardFault(core, error);
    return PASS;
  }
}

/** Shows what follows a body that was cut; an answer ends the request. */
export function followOn(
  core: Core,
  intake: BodyIntake,
  buffer: Buffer,
  start: number,
  end: number,
): Answer | undefined {
  try {
    return intake.follow(buffer, start, end);
  } catch (error) {
    guardFault(core, error);
    return undefined;
  }
}

/** Returns PASS when the answer is to be sent as it is. */
export function showAnswer(core: Core, exchange: Exchange, response: ResponseView): Action {
  try {
    return core.guard.onResponse(exchange.request, response, exchange.client, exchange.site) ?? PASS;
  } catch (error) {
    guardFault(core, error);
    return PASS;
  }
}

export function tellEnd(core: Core, exchange: Exchange): void {
  try {
    core.guard.onEnd(exchange);
  } catch (error) {
    guardFault(core, error);
  }
}

export function tellRefusal(
  core: Core,
  client: Client,
  { code, status }: { readonly code: string; readonly status: number },
  excerpt: Uint8Array,
): void {
  core.counters.refusals++;
  try {
    core.guard.onRefusal({ client, reason: code, status, atMs: core.clock(), excerpt });
  } catch (error) {
    guardFault(core, error);
  }
}

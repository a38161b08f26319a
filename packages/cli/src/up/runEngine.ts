// An engine from start to end: its sources, what it says, and how it is told to end. It runs as `parapet up` on its
// own, or as a child of the process that also keeps a gateway. engineHouse.ts says which rooms it has.

import process from 'node:process';
import { parseDuration, formatProblem } from '@parapet/kinds';
import type { MetricSample } from '@parapet/reports';
import { openStore } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { prepareEngine, printProblems } from '../engine/prepareEngine.ts';
import { collectAlone, freeMemory } from '../io/freeMemory.ts';
import { laterRules } from '../notifications/laterRules.ts';
import { EngineAudience } from './engineAudience.ts';
import { EngineDesks } from './engineDesks.ts';
import { EngineDoors } from './engineDoors.ts';
import type { EngineHouse } from './engineHouse.ts';
import type { RunOptions } from './engineOptions.ts';
import { EngineProcess, STATE_CURSOR } from './engineProcess.ts';
import { openWhenFree } from './engineStore.ts';
import { siteNames } from './siteFinder.ts';
import { openSources, type OpenedSources } from './openSources.ts';
import { endSignal, type EndSignal, type GatewayAnnounced } from './supervised.ts';

/** Runs until it is told to end. `gateway`: listens for workers; what is known about it is told to people. */
export async function runEngine(
  context: CommandContext,
  options: RunOptions,
  gateway?: GatewayAnnounced,
): Promise<ExitCode> {
  const end = endSignal();
  try {
    collectAlone();
    return await run(context, options, gateway, end);
  } finally {
    end.close();
  }
}

async function run(
  context: CommandContext,
  options: RunOptions,
  gateway: GatewayAnnounced | undefined,
  end: EndSignal,
): Promise<ExitCode> {
  const nowMs = (): number => context.now().getTime();
  const audience = new EngineAudience(nowMs);
  end.onNote(audience.say);
  let restarts = 0;
  end.onRestarts((count) => (restarts = count));
  let running: EngineProcess | undefined;
  const engine = await prepareEngine(context, options, 'live', {
    onAlert: (alert, decisions, covered) => {
      running?.onAlert(alert, decisions);
      audience.alert(alert, decisions, covered);
    },
    onEvent: (event) => audience.event(event),
    onFinding: (finding, lifted) => {
      audience.finding(finding, lifted);
      running?.onLifted(lifted, finding.message);
    },
  });
  await printProblems(context, engine.problems);
  const { dataDir, pipeline, config } = engine;
  const store = await openWhenFree(() =>
    openStore({
      ...{ dataDir, role: 'engine', now: context.now, siteOf: siteNames(config).nameOf },
      onHealth: (health) => audience.health(health),
    }),
  );
  const house: EngineHouse = {
    ...{ context, options, engine, store, gateway, audience, nowMs },
    ...{ startedAt: context.now(), running: () => running, restarts: () => restarts },
    ...{ ownRules: laterRules(dataDir, audience.say), watched: [] },
  };
  const desks = new EngineDesks(house);
  const doors = new EngineDoors(house, desks);
  try {
    const cursors = await store.cursors();
    const saved = cursors.get(STATE_CURSOR);
    if (typeof saved === 'string') pipeline.restoreState(Buffer.from(saved, 'base64'));
    await desks.prepare(cursors);
    const brought = desks.sources(end.signal);
    const logs = openSources(context, {
      ...{ logs: options.log ?? [], config, cursors, signal: end.signal },
      fromBeginning: options.fromBeginning === true,
      // Standard input ends, and the engine with it, unless somebody else has something to say.
      hasOthers: brought.length > 0,
      onProblem: (problem) => audience.say(formatProblem(problem)),
      onNote: audience.say,
    });
    running = new EngineProcess({
      ...{ pipeline, store, sources: [...logs.sources, ...brought], nowMs, freeMemory },
      retention: {
        get alertsForMs() {
          return parseDuration(engine.live.current.retention.alerts) ?? 7_776_000_000;
        },
      },
      allowlist: config.allowlist.map((value) => ({ value, comment: 'parapet.yaml' })),
      ...(desks.link === undefined ? {} : { enforcer: desks.link }),
      onResumed: (decisions) => audience.resumed(decisions),
      onLines: (count, unparsed, src, type) => audience.lines(count, unparsed, src, type),
      onForeign: (started, ended) => audience.foreign(started, ended),
    });
    const inForce = await running.prepare();
    const samples = (): readonly MetricSample[] => [
      ...audience.metrics.collect(engine, store),
      ...desks.samples(),
      ...audience.samples(),
    ];
    await audience.open(house, samples);
    await desks.open();
    house.watched.push(...whereVisitorsCome(gateway), ...logs.names);
    await doors.open(samples);
    const first = `Parapet watches ${house.watched.join(', ')} with ${engine.scenarios.length} scenarios; ${inForce} decisions are in force.`;
    const sentences = [...(process.stdout.isTTY ? [] : [first]), ...doors.sentences];
    end.ready();
    await watch(running, house, logs, sentences, end.signal);
  } finally {
    await desks.close();
    await doors.close();
    await audience.close();
    await store.close();
  }
  return 0;
}

/** Reads until the end. That it watches is said when it is known where the logs are read from. */
async function watch(
  running: EngineProcess,
  { audience, context, watched, gateway }: EngineHouse,
  logs: OpenedSources,
  sentences: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  audience.show({ color: context.out.hasColor, sources: watched, hasGateway: gateway !== undefined });
  try {
    const reading = running.run(signal);
    await Promise.race([logs.arePlaced, reading]);
    audience.announce(sentences);
    await reading;
  } finally {
    audience.hide();
  }
}

/** An engine that runs on its own does not know where its gateways listen. */
function whereVisitorsCome(gateway: GatewayAnnounced | undefined): readonly string[] {
  if (gateway === undefined) return [];
  return gateway.urls.length === 0 ? ['what gateways tell'] : gateway.urls;
}

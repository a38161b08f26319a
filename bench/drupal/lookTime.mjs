// How long a request stays in the module on its way to the page cache: a module of the bench reads the clock in front of
// Parapet's middleware and behind it. One process of PHP is asked in turns with the look, with Request::getClientIp() in
// place of it (which whatever bans by address calls), and with neither (what reading the clock costs); then by the CPU
// time of that process.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { medianInterval, quantile } from '../measure.mjs';

const MODES = ['look', 'getClientIp', 'nothing'];
const CLOCK = `<?php

namespace Drupal\\parapet_clock;

use Symfony\\Component\\HttpFoundation\\Request;
use Symfony\\Component\\HttpFoundation\\Response;
use Symfony\\Component\\HttpKernel\\HttpKernelInterface;

final class Clock implements HttpKernelInterface {

  private static int $began = 0;
  private static int $took = 0;

  public function __construct(private readonly HttpKernelInterface $kernel, private readonly bool $isFirst) {}

  public function handle(Request $request, int $type = self::MAIN_REQUEST, bool $catch = TRUE): Response {
    if (!$this->isFirst) {
      if ($_SERVER['HTTP_X_CLOCK'] === 'getClientIp') {
        $request->getClientIp();
      }
      self::$took = hrtime(TRUE) - self::$began;
      return $this->kernel->handle($request, $type, $catch);
    }
    self::$began = hrtime(TRUE);
    $response = $this->kernel->handle($request, $type, $catch);
    $response->headers->set('X-Clock', (string) self::$took);
    return $response;
  }

}
`;
const SERVICES = `services:
  parapet_clock.first:
    class: Drupal\\parapet_clock\\Clock
    arguments: [true]
    tags:
      - { name: http_middleware, priority: 261 }
  parapet_clock.second:
    class: Drupal\\parapet_clock\\Clock
    arguments: [false]
    tags:
      - { name: http_middleware, priority: 259 }
`;

/** What settings.php needs for it. */
export const LOOK_TIME_SETTINGS = `$settings['parapet_off'] = ($_SERVER['HTTP_X_CLOCK'] ?? 'look') !== 'look';\n`;

/** Puts the module with the clock into a site, not yet installed; returns its name. */
export function addClock(web) {
  const module = path.join(web, 'modules/custom/parapet_clock');
  mkdirSync(path.join(module, 'src'), { recursive: true });
  writeFileSync(
    path.join(module, 'parapet_clock.info.yml'),
    'name: Clock\ntype: module\ncore_version_requirement: ^10 || ^11\n',
  );
  writeFileSync(path.join(module, 'parapet_clock.services.yml'), SERVICES);
  writeFileSync(path.join(module, 'src/Clock.php'), CLOCK);
  return 'parapet_clock';
}

/**
 * Asks a site with the clock; resolves with the microseconds of each kind of request: the least, the median and the 95th
 * of 100.
 *
 * @param {(headers: Record<string, string>) => Promise<import('node:http').IncomingHttpHeaders>} ask asks for a page as
 *   another visitor each time, and resolves with the headers of the answer
 * @param {number} count requests of each kind
 * @throws {Error} when a page does not come from the cache
 */
export async function lookTime(ask, count) {
  const times = Object.fromEntries(MODES.map((mode) => [mode, []]));
  for (let i = 0; i < count; i++)
    for (let turn = 0; turn < MODES.length; turn++) {
      const mode = MODES[(i + turn) % MODES.length];
      const headers = await ask({ 'X-Clock': mode });
      if (headers['x-drupal-cache'] !== 'HIT') throw new Error('the page does not come from the cache');
      times[mode].push(Number(headers['x-clock']) / 1000);
    }
  return MODES.map((name) => {
    const at = (share) => quantile(times[name], share);
    return { name, leastUs: at(0), p50Us: at(0.5), p95Us: at(0.95) };
  });
}

/**
 * Asks the same site in turns of one kind of request each, by the CPU time of the process; resolves with what the look
 * costs more than each of the others: the median of the differences of a round, in microseconds and in per cent of a
 * page, and its 95 % confidence interval.
 *
 * @param {(headers: Record<string, string>) => Promise<number>} cpu asks for some pages, and resolves with the
 *   microseconds of CPU for each
 */
export async function lookCpu(cpu, rounds) {
  const others = MODES.slice(1);
  const differences = Object.fromEntries(others.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round++) {
    const took = {};
    for (let turn = 0; turn < MODES.length; turn++) {
      const mode = MODES[(round + turn) % MODES.length];
      took[mode] = await cpu({ 'X-Clock': mode });
    }
    for (const mode of others)
      differences[mode].push({ us: took.look - took[mode], percent: (took.look / took[mode] - 1) * 100 });
  }
  return others.map((than) => {
    const percents = differences[than].map(({ percent }) => percent);
    const us = differences[than].map((one) => one.us);
    const [low, high] = medianInterval(percents);
    return { than, rounds, us: quantile(us, 0.5), percent: quantile(percents, 0.5), low, high };
  });
}

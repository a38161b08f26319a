// What an engine with a gateway takes through its stages before it starts: a visitor waits at most 50 ms for its
// answer, and the first lines of a process take longer than that.

import type { Pipeline } from '@parapet/engine';
import { gatewayDate } from '@parapet/gateway';
import type { LineOrigin } from '@parapet/kinds';

const ORIGIN: LineOrigin = { src: 'rehearsal', module: 'gateway', labels: { type: 'nginx' } };
/** TEST-NET-1 (RFC 5737): no visitor has such an address. */
const NETWORK = '192.0.2.';
const TIMES = 3;

/** Takes a request, bytes that are none, and what trips the perimeter through the stages. */
export function rehearse(pipeline: Pipeline, nowMs: number): void {
  const date = gatewayDate(nowMs);
  const lines = Array.from({ length: TIMES }, (_, i) => {
    const ip = `${NETWORK}${(Math.floor(nowMs / 1000) + i) % 256}`;
    return [
      `${ip} - - [${date}] "GET /a/b?c=d HTTP/1.1" 200 512 "-" "Mozilla/5.0"`,
      `${ip} - - [${date}] "x" 400 0 "-" "-"`,
      `${ip} - - [${date}] "GET /wp-login.php HTTP/1.1" 404 9 "-" "Mozilla/5.0"`,
    ];
  });
  pipeline.rehearse(lines.flat(), ORIGIN, nowMs);
}

// The Prometheus page, on loopback unless told otherwise.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { METRICS_CONTENT_TYPE, renderMetrics, type MetricSample } from '@parapet/reports';
import { UsageError } from '../run-verb.ts';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/metrics` and `/healthz` on `host:port`; rejects with a UsageError when the address cannot be had. */
export async function serveMetrics(
  listen: string,
  collect: () => Iterable<MetricSample>,
  isHealthy: () => boolean,
): Promise<MetricsServer> {
  const match = /^(.*):(\d{1,5})$/.exec(listen);
  if (match === null)
    throw new UsageError(
      'E_METRICS_LISTEN',
      `'${listen}' is no address and port`,
      "Write it like '127.0.0.1:9464'",
    );
  const host = match[1]!.replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    if (request.url === '/metrics') {
      return void response
        .writeHead(200, { 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' })
        .end(renderMetrics(collect()));
    }
    if (request.url === '/healthz') {
      const isFine = isHealthy();
      return void response
        .writeHead(isFine ? 200 : 503, { 'content-type': 'text/plain' })
        .end(isFine ? 'ok\n' : 'not ok\n');
    }
    response.writeHead(404).end();
  });
  server.requestTimeout = 10_000;
  await listenOn(server, host, Number(match[2]));
  const { address, port, family } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UsageError('E_METRICS_LISTEN', `Metrics cannot listen on ${host}:${port}: ${error.message}`),
      ),
    );
    server.listen(port, host, resolve);
  });
}

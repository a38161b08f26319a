// node undici.mjs PORT BACKEND_PORT: the fastest proxy that public interfaces of Node and undici allow, which hands on
// head and body as they come. Hop-by-hop headers are dropped, and nothing else is done.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port, backendPort] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${backendPort}`, { connections: 128, pipelining: 1 });
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const server = createServer((req, res) => {
  const hasBody =
    req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
  pool.dispatch(
    { method: req.method, path: req.url, headers: kept(req.rawHeaders), body: hasBody ? req : null },
    {
      onConnect() {},
      onError() {
        if (!res.headersSent) res.writeHead(502);
        res.end();
      },
      onHeaders(status, headers) {
        if (status < 200) return true;
        const named = headers.map((header) => header.toString('latin1'));
        res.writeHead(status, kept(named));
        return true;
      },
      // Answers are small here, so that nobody has to wait for a slow reader.
      onData(chunk) {
        res.write(chunk);
        return true;
      },
      onComplete: () => res.end(),
    },
  );
});
server.keepAliveTimeout = 75_000;
server.listen(port, '127.0.0.1', 4096);

function kept(headers) {
  const result = [];
  for (let i = 0; i < headers.length; i += 2)
    if (!HOP_BY_HOP.has(headers[i].toLowerCase())) result.push(headers[i], headers[i + 1]);
  return result;
}

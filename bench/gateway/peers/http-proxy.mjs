// node http-proxy.mjs PORT BACKEND_PORT: the package http-proxy with kept connections.
import http from 'node:http';
import httpProxy from 'http-proxy';

const [port, backendPort] = process.argv.slice(2).map(Number);
const proxy = httpProxy.createProxyServer({
  target: { host: '127.0.0.1', port: backendPort },
  agent: new http.Agent({ keepAlive: true, maxSockets: 128 }),
});
proxy.on('error', (_error, _req, res) => res.destroy());
const server = http.createServer((req, res) => proxy.web(req, res));
server.keepAliveTimeout = 75_000;
server.listen(port, '127.0.0.1', 4096);

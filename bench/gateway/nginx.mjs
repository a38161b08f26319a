// The nginx programs of the bench: the site that is protected, and the proxies that are compared with ours.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../measure.mjs';
import { startProgram, untilListening } from './processes.mjs';

const MODSECURITY = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so';
const CRS = '/usr/share/modsecurity-crs/rules';

/** What is not installed for ModSecurity with the Core Rule Set, or undefined when all is there. */
export function missingForModSecurity() {
  if (!existsSync(MODSECURITY)) return 'libnginx-mod-http-modsecurity is not installed';
  return existsSync(CRS) ? undefined : 'modsecurity-crs is not installed';
}

/** The site: 1 KiB for every path, 20 KiB below /20k. */
export async function startBackend(folder, core) {
  const body = (size) => 'The quick brown fox jumps over the lazy dog. '.repeat(size / 45 + 1).slice(0, size);
  mkdirSync(folder, { recursive: true });
  for (const size of [1, 20]) writeFileSync(path.join(folder, `${size}k.html`), body(size * 1024));
  return startNginx('backend', folder, core, (port) => ({
    servers: `
    open_file_cache max=16;
    server {
      listen 127.0.0.1:${port} backlog=4096;
      root ${folder};
      location / { rewrite ^ /1k.html break; }
      location /20k { rewrite ^ /20k.html break; }
      location /form { default_type text/html; return 200 '${body(1024)}'; }
    }`,
  }));
}

export function startPlainProxy(folder, core, backendPort) {
  return startNginx('nginx', folder, core, (port) => ({ servers: proxyServers(port, backendPort) }));
}

export function startModSecurity(folder, core, backendPort) {
  const rules = path.join(folder, 'modsecurity.conf');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    rules,
    `Include /etc/nginx/modsecurity.conf
SecRuleEngine On
SecAuditEngine Off
Include /etc/modsecurity/crs/crs-setup.conf
Include ${CRS}/*.conf
`,
  );
  return startNginx('nginx with ModSecurity', folder, core, (port) => ({
    modules: `load_module ${MODSECURITY};`,
    servers: proxyServers(port, backendPort, {
      server: `modsecurity on; modsecurity_rules_file ${rules};`,
    }),
  }));
}

/** nginx that asks at a Unix socket whether a request may pass, as docs/forward-auth.md has it. */
export function startAuthRequest(folder, core, backendPort, socket) {
  return startNginx('nginx with auth_request', folder, core, (port) => ({
    servers: proxyServers(port, backendPort, {
      http: `upstream parapet { server unix:${socket}; keepalive 64; keepalive_requests 1000000; }`,
      location: 'auth_request /.parapet-ask;',
      server: `
      location = /.parapet-ask {
        internal;
        proxy_pass http://parapet/ask/brief;
        proxy_http_version 1.1;
        proxy_pass_request_body off;
        proxy_pass_request_headers off;
        proxy_buffering off;
        proxy_set_header Connection "";
        proxy_set_header Content-Length "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Method $request_method;
        proxy_set_header X-Forwarded-Uri $request_uri;
        proxy_set_header User-Agent $http_user_agent;
        proxy_set_header Cookie $http_cookie;
        proxy_set_header Accept $http_accept;
      }`,
    }),
  }));
}

/** The least that a proxy with kept connections needs, so that nginx is as fast as it can be. */
function proxyServers(port, backendPort, { http = '', server = '', location = '' } = {}) {
  return `
    upstream site { server 127.0.0.1:${backendPort}; keepalive 128; keepalive_requests 1000000; }
    ${http}
    server {
      listen 127.0.0.1:${port} backlog=4096;
      ${server}
      location / {
        ${location}
        proxy_pass http://site;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
      }
    }`;
}

async function startNginx(name, folder, core, configuration) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const { modules = '', servers } = configuration(port);
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
worker_rlimit_nofile 16384;
${modules}
events { worker_connections 4096; }
http {
  access_log off;
  default_type text/html;
  sendfile on;
  tcp_nodelay on;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  ${servers}
}
`,
  );
  const program = startProgram(name, core, 'nginx', ['-p', folder, '-c', file, '-e', `${folder}/error.log`]);
  await untilListening(port, program);
  return { port, program };
}

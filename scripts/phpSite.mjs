// nginx and php-fpm in front of a folder of PHP, as most sites run: which programs they are, and their configuration.
// Tests and benches start them each in their own way.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SBIN = ['/usr/local/sbin', '/usr/sbin', '/usr/bin'];
const PHP_FPM = find(/^php-fpm[\d.]*$/);

/** Why there can be no such site on this machine; undefined when there can. */
export const noPhpSite =
  PHP_FPM !== undefined && find(/^nginx$/) !== undefined ? undefined : 'nginx or php-fpm is not installed';

/**
 * Writes the configuration of both into a folder. A path that is no file is answered by index.php. Returns where PHP
 * listens and the two command lines, which stay in the foreground.
 */
export function phpSite(folder, { root, port, children = 3, ini = {}, fpmArgs = [] }) {
  const isRoot = process.getuid?.() === 0;
  const socket = join(folder, 'fpm.sock');
  const files = { fpm: join(folder, 'fpm.conf'), nginx: join(folder, 'nginx.conf') };
  const settings = Object.entries(ini).map(([name, value]) => `php_admin_value[${name}] = ${value}`);
  writeFileSync(
    files.fpm,
    `[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
${isRoot ? 'user = root\ngroup = root' : ''}
listen = ${socket}
pm = static
pm.max_children = ${children}
catch_workers_output = yes
php_admin_value[error_log] = ${folder}/php.log
php_admin_flag[log_errors] = on
${settings.join('\n')}
`,
  );
  const temporary = ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi'];
  writeFileSync(
    files.nginx,
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
${isRoot ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  types { text/html html; text/plain txt; text/css css; text/javascript js; image/svg+xml svg; image/png png; }
  access_log off;
  client_max_body_size 100m;
  keepalive_requests 1000000;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${root};
    location / { try_files $uri /index.php?$query_string; }
    location = /index.php {
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SCRIPT_NAME $fastcgi_script_name;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param DOCUMENT_URI $document_uri;
      fastcgi_param DOCUMENT_ROOT $document_root;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_param SERVER_ADDR $server_addr;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param SERVER_NAME $server_name;
      fastcgi_param SCRIPT_FILENAME $document_root/index.php;
      fastcgi_pass unix:${socket};
    }
  }
}
`,
  );
  return {
    socket,
    php: [PHP_FPM, [...fpmArgs, '-F', '-y', files.fpm, ...(isRoot ? ['-R'] : [])]],
    nginx: ['nginx', ['-p', folder, '-c', files.nginx, '-e', join(folder, 'nginx.log')]],
  };
}

/** The program of this name, the newest of several. */
function find(name) {
  return [...SBIN, ...(process.env.PATH ?? '').split(delimiter)]
    .flatMap((folder) =>
      existsSync(folder)
        ? readdirSync(folder)
            .filter((file) => name.test(file))
            .map((file) => join(folder, file))
        : [],
    )
    .toSorted()
    .at(-1);
}

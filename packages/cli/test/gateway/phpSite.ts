// nginx and php-fpm with a page in PHP, as most sites run: a login with a session, a form, an upload, an answer that
// comes in pieces, and files.

import fs from 'node:fs';
import path from 'node:path';
import { noPhpSite, phpSite } from '../../../../scripts/phpSite.mjs';
import { freePort, startProgram, until, untilListening } from './programs.ts';

export const hasPhp: boolean = noPhpSite === undefined;

const PAGE = String.raw`<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
ini_set('session.save_path', __DIR__ . '/../sessions');
if ($path === '/login') {
  session_id('fixed' . preg_replace('/\W/', '', $_POST['name'] ?? ''));
  session_start();
  if (($_POST['password'] ?? '') !== 'right') { http_response_code(403); echo 'wrong'; return; }
  $_SESSION['name'] = $_POST['name'];
  setcookie('theme', 'dark, "quoted"', ['path' => '/', 'httponly' => true, 'samesite' => 'Lax']);
  header('Location: /account', true, 303);
} elseif ($path === '/account') {
  session_start();
  header('Vary: Cookie', false);
  header('Vary: Accept-Language', false);
  echo 'Hello ', htmlspecialchars($_SESSION['name'] ?? 'stranger'), ', ', $_COOKIE['theme'] ?? 'no theme';
} elseif ($path === '/form') {
  header('Content-Type: application/json');
  echo json_encode([$_SERVER['REQUEST_METHOD'], $_GET, $_POST, $_SERVER['CONTENT_TYPE'] ?? null]);
} elseif ($path === '/upload') {
  $files = [];
  foreach ($_FILES as $field => $file)
    $files[] = [$field, $file['name'], $file['size'], $file['error'] === 0 ? hash_file('sha256', $file['tmp_name']) : $file['error']];
  header('Content-Type: application/json');
  echo json_encode([$files, $_POST]);
} elseif ($path === '/stream') {
  header('X-Accel-Buffering: no');
  for ($i = 0; $i < 5; $i++) { echo str_repeat("piece $i ", 500), "\n"; @ob_flush(); flush(); usleep(60000); }
} elseif ($path === '/raw') {
  header('Content-Type: application/octet-stream');
  header('ETag: "abc"');
  $body = str_repeat("\0\x01\xff\r\n", 5000);
  header('Content-Length: ' . strlen($body));
  echo $body;
} elseif ($path === '/headers') {
  $seen = array_change_key_case(getallheaders());
  unset($seen['host']);
  ksort($seen);
  header('Content-Type: application/json');
  echo json_encode($seen);
} elseif ($path === '/empty') {
  http_response_code(204);
} else {
  http_response_code(404);
  echo 'There is nothing here.';
}
`;

export interface PhpSite {
  readonly port: number;
  readonly folder: string;
  stop: () => Promise<void>;
}

export async function startPhpSite(folder: string): Promise<PhpSite> {
  const root = path.join(folder, 'web');
  for (const name of [root, path.join(folder, 'sessions')]) fs.mkdirSync(name, { recursive: true });
  fs.writeFileSync(path.join(root, 'index.php'), PAGE);
  fs.writeFileSync(
    path.join(root, 'file.txt'),
    'The quick brown fox jumps over the lazy dog.\n'.repeat(2000),
  );
  // A fixed age, so that ETag and Last-Modified are the same for both ways.
  fs.utimesSync(path.join(root, 'file.txt'), 1_700_000_000, 1_700_000_000);
  const port = await freePort();
  const ini = { upload_max_filesize: '64M', post_max_size: '64M' };
  const { socket, ...commands } = phpSite(folder, { root, port, ini });
  const fpm = startProgram(...commands.php);
  await until(
    () => fs.existsSync(socket),
    () => `php-fpm did not start:\n${fpm.text()}`,
  );
  const nginx = startProgram(...commands.nginx);
  await untilListening(port, nginx);
  return {
    port,
    folder,
    stop: async () => {
      await nginx.stop();
      await fpm.stop();
    },
  };
}

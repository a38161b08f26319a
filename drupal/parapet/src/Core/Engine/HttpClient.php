<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * HTTP/1.1 with limits that hold: one deadline for all of it, and a size.
 *
 * Works over TCP, TLS and Unix sockets, needs no extension and no URL wrapper,
 * which shared hosts switch off.
 */
final class HttpClient {

  private const MOST_HEAD_BYTES = 65536;

  /**
   * Where to connect to, as stream_socket_client() takes it.
   */
  private string $remote;
  private string $host;
  private string $base;

  /**
   * Reads an address.
   *
   * @param string $url
   *   `https://host:port/base`, `http://…`, or `unix:/path/of.sock`.
   * @param float $connectSeconds
   *   How long a connection may take.
   * @param float $totalSeconds
   *   How long all of it may take.
   * @param int $mostBytes
   *   An answer that is longer is refused.
   * @param array<string, mixed> $tls
   *   Options of the `ssl` context: `cafile`, `peer_name` and so on.
   * @param float $until
   *   When, in seconds since the epoch, this client gives up whatever it does.
   *
   * @throws HttpException
   *   When the address cannot be understood.
   */
  public function __construct(
    string $url,
    private readonly float $connectSeconds,
    private readonly float $totalSeconds,
    private readonly int $mostBytes = 1048576,
    private readonly array $tls = [],
    private readonly float $until = INF,
  ) {
    if (preg_match('~^unix:/+[^/]~', $url) === 1) {
      $this->remote = 'unix://' . substr($url, 5);
      $this->host = 'parapet';
      $this->base = '';
      return;
    }
    $parts = parse_url($url);
    $scheme = $parts['scheme'] ?? '';
    $host = $parts['host'] ?? '';
    if ($parts === FALSE || $host === '' || !in_array($scheme, ['http', 'https'], TRUE)) {
      throw new HttpException("'$url' is no address: write https://host, http://host or unix:/path");
    }
    $port = $parts['port'] ?? ($scheme === 'https' ? 443 : 80);
    $this->remote = ($scheme === 'https' ? 'tls' : 'tcp') . "://$host:$port";
    $this->host = isset($parts['port']) ? "$host:$port" : $host;
    $this->base = rtrim($parts['path'] ?? '', '/');
  }

  /**
   * Sends a request and returns the answer.
   *
   * @param string $method
   *   GET, POST, DELETE.
   * @param string $path
   *   Path and query.
   * @param array<string, string> $headers
   *   Values with line ends are refused.
   * @param string|null $body
   *   What is sent.
   *
   * @throws HttpException
   *   When there is none in time, or it is no HTTP.
   */
  public function send(string $method, string $path, array $headers = [], ?string $body = NULL): HttpAnswer {
    $now = microtime(TRUE);
    $deadline = min($now + $this->totalSeconds, $this->until);
    if ($deadline <= $now) {
      throw new HttpException("$this->remote was slow: the rest is done next time");
    }
    $context = stream_context_create(['ssl' => $this->tls]);
    $warnings = '';
    // Of TLS only a warning tells what was wrong.
    set_error_handler(static function (int $level, string $text) use (&$warnings): bool {
      $warnings .= $text;
      return TRUE;
    });
    try {
      $socket = stream_socket_client(
        $this->remote,
        $number,
        $message,
        min($this->connectSeconds, $deadline - $now),
        STREAM_CLIENT_CONNECT,
        $context,
      );
    }
    finally {
      restore_error_handler();
    }
    if ($socket === FALSE) {
      throw new HttpException("$this->remote " . self::whyNot((string) $message, $warnings));
    }
    try {
      stream_set_blocking($socket, FALSE);
      $this->write($socket, $this->head($method, $path, $headers, $body) . $body, $deadline);
      return $this->receive($socket, $method, $deadline);
    }
    finally {
      fclose($socket);
    }
  }

  /**
   * Returns the head of the request.
   *
   * @param string $method
   *   See send().
   * @param string $path
   *   See send().
   * @param array<string, string> $headers
   *   See send().
   * @param string|null $body
   *   See send().
   */
  private function head(string $method, string $path, array $headers, ?string $body): string {
    $headers += ['Host' => $this->host];
    // The engine tells its people when the clock here is wrong.
    $headers += ['Date' => gmdate('D, d M Y H:i:s') . ' GMT'];
    $headers += ['Connection' => 'close', 'User-Agent' => 'parapet-drupal/1.0'];
    if ($body !== NULL) {
      $headers += ['Content-Length' => (string) strlen($body)];
    }
    $lines = "$method $this->base$path HTTP/1.1\r\n";
    foreach ($headers as $name => $value) {
      $lines .= $name . ': ' . preg_replace('/[\x00-\x08\x0a-\x1f\x7f]+/', ' ', $value) . "\r\n";
    }
    return $lines . "\r\n";
  }

  /**
   * Writes all of it before the deadline.
   *
   * @param resource $socket
   *   The connection.
   * @param string $bytes
   *   What is written.
   * @param float $deadline
   *   When time is up.
   */
  private function write($socket, string $bytes, float $deadline): void {
    while ($bytes !== '') {
      $this->await($socket, $deadline, TRUE);
      $written = @fwrite($socket, $bytes);
      if ($written === FALSE || ($written === 0 && feof($socket))) {
        throw new HttpException("$this->remote closed the connection");
      }
      $bytes = substr($bytes, $written);
    }
  }

  /**
   * Reads the answer.
   *
   * @param resource $socket
   *   The connection.
   * @param string $method
   *   The method; an answer to HEAD has no body.
   * @param float $deadline
   *   When time is up.
   */
  private function receive($socket, string $method, float $deadline): HttpAnswer {
    $bytes = '';
    $end = FALSE;
    do {
      $bytes .= $this->read($socket, $deadline);
      $end = strpos($bytes, "\r\n\r\n");
      if ($end === FALSE && (strlen($bytes) > self::MOST_HEAD_BYTES || feof($socket))) {
        throw new HttpException("$this->remote did not answer in HTTP");
      }
      // An informational answer comes before the answer.
      if ($end !== FALSE && preg_match('~^HTTP/1\.[01] 1\d\d~', $bytes) === 1) {
        $bytes = substr($bytes, $end + 4);
        $end = FALSE;
      }
    } while ($end === FALSE);
    [$status, $headers] = $this->readHead(substr($bytes, 0, $end));
    $body = substr($bytes, $end + 4);
    $length = isset($headers['content-length'][0]) ? (int) $headers['content-length'][0] : NULL;
    $isChunked = strtolower($headers['transfer-encoding'][0] ?? '') === 'chunked';
    if ($method === 'HEAD' || $status === 204 || $status === 304) {
      return new HttpAnswer($status, $headers, '');
    }
    while (!feof($socket) && ($isChunked ? !$this->isWhole($body) : $length === NULL || strlen($body) < $length)) {
      $body .= strlen($body) > $this->mostBytes ? $this->tooMuch() : $this->read($socket, $deadline);
    }
    if (strlen($body) > $this->mostBytes) {
      $this->tooMuch();
    }
    if ($isChunked) {
      $body = $this->joined($body);
    }
    elseif ($length !== NULL && strlen($body) < $length) {
      throw new HttpException("$this->remote closed the connection");
    }
    return new HttpAnswer($status, $headers, $length === NULL ? $body : substr($body, 0, $length));
  }

  /**
   * Reads status and headers.
   *
   * @return array{int, array<string, list<string>>}
   *   The status, and the headers by name in lower case.
   */
  private function readHead(string $head): array {
    $lines = explode("\r\n", $head);
    if (preg_match('~^HTTP/1\.[01] (\d{3})~', $lines[0], $match) !== 1) {
      throw new HttpException("$this->remote did not answer in HTTP");
    }
    $headers = [];
    foreach (array_slice($lines, 1) as $line) {
      [$name, $value] = explode(':', $line, 2) + ['', ''];
      $headers[strtolower(trim($name))][] = trim($value);
    }
    return [(int) $match[1], $headers];
  }

  /**
   * Gives up on an answer that has no end.
   */
  private function tooMuch(): never {
    throw new HttpException("$this->remote answered more than $this->mostBytes bytes");
  }

  /**
   * Whether all chunks are there.
   */
  private function isWhole(string $body): bool {
    return $body === "0\r\n\r\n" || str_ends_with($body, "\r\n0\r\n\r\n");
  }

  /**
   * Puts the chunks together.
   */
  private function joined(string $body): string {
    $joined = '';
    $at = 0;
    while (TRUE) {
      if (preg_match('/\G([0-9a-fA-F]{1,8})[^\r\n]*\r\n/', $body, $match, 0, $at) !== 1) {
        throw new HttpException("$this->remote closed the connection");
      }
      $size = (int) hexdec($match[1]);
      if ($size === 0) {
        return $joined;
      }
      $at += strlen($match[0]);
      $joined .= substr($body, $at, $size);
      $at += $size + 2;
    }
  }

  /**
   * Returns what has come.
   *
   * @param resource $socket
   *   The connection.
   * @param float $deadline
   *   When time is up.
   */
  private function read($socket, float $deadline): string {
    $this->await($socket, $deadline, FALSE);
    $bytes = @fread($socket, 65536);
    return $bytes === FALSE ? '' : $bytes;
  }

  /**
   * Waits until the socket is ready.
   *
   * @param resource $socket
   *   The connection.
   * @param float $deadline
   *   When time is up.
   * @param bool $isWriting
   *   For writing, else for reading.
   */
  private function await($socket, float $deadline, bool $isWriting): void {
    $left = $deadline - microtime(TRUE);
    $read = $isWriting ? NULL : [$socket];
    $write = $isWriting ? [$socket] : NULL;
    $except = NULL;
    if ($left <= 0 || @stream_select($read, $write, $except, (int) $left, (int) (fmod($left, 1) * 1e6)) === 0) {
      throw new HttpException("$this->remote did not answer in time");
    }
  }

  /**
   * Says why there is no connection, for people to read.
   */
  private static function whyNot(string $message, string $warnings): string {
    return match (TRUE) {
      $message !== '' => "does not answer: $message",
      str_contains($warnings, 'certificate verify failed') => 'has a certificate that this machine does not trust: take one of a known authority, or name yours in php.ini (openssl.cafile)',
      preg_match('/did not match expected (?:CN|name)|Unable to locate peer certificate/', $warnings) === 1 => 'has a certificate for another name: write the address as the certificate has it',
      default => 'does not answer: no connection',
    };
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Net\Ip;

/**
 * What an engine has in force on this site: its file, or what was pulled.
 *
 * For people who look somebody up; requests are answered without it.
 */
final class EngineDecisions {

  private const MOST = 500000;

  public function __construct(private readonly ConfigFactoryInterface $config) {}

  /**
   * Returns how many there are; 0 without an engine.
   */
  public function count(): int {
    return $this->open()->decisions ?? 0;
  }

  /**
   * Returns what is in force on an address, on just this range, or by a record.
   *
   * @param string $valueOrRecord
   *   As people write it.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return \Drupal\parapet\Core\Decisions\Decision|null
   *   Of an address what applies first; NULL when there is nothing.
   */
  public function about(string $valueOrRecord, int $now): ?Decision {
    $reader = $this->open();
    if ($reader === NULL) {
      return NULL;
    }
    $text = strtolower(trim($valueOrRecord));
    $packed = Ip::pack($text);
    $value = Cidr::parse($text)?->text() ?? $text;
    try {
      if ($packed !== NULL) {
        return $reader->find($packed, $now);
      }
      foreach ($reader->list($now, self::MOST) as $decision) {
        if ($decision->value === $value || $decision->record === $text) {
          return $decision;
        }
      }
    }
    catch (SnapshotException) {
      // The status report says so.
    }
    return NULL;
  }

  /**
   * Opens the file; NULL when there is none that can be read.
   */
  private function open(): ?SnapshotReader {
    $config = $this->config->get('parapet.settings');
    $path = match ($config->get('mode')) {
      'file' => (string) $config->get('engine.decisions_file'),
      'remote' => Site::pulledDecisions(),
      default => '',
    };
    try {
      return $path === '' ? NULL : SnapshotReader::open($path);
    }
    catch (SnapshotException) {
      return NULL;
    }
  }

}

<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use PHPUnit\Framework\Attributes\After;

/**
 * A folder of a test's own, which goes with it.
 */
trait FolderTrait {

  private string $made = '';

  /**
   * Returns the folder.
   */
  private function folder(): string {
    if ($this->made === '') {
      $this->made = sys_get_temp_dir() . '/parapet-' . bin2hex(random_bytes(6));
      mkdir($this->made);
    }
    return $this->made;
  }

  #[After]
  protected function removeFolder(): void {
    if ($this->made !== '') {
      self::remove($this->made);
      $this->made = '';
    }
  }

  /**
   * Removes a folder with everything in it.
   */
  private static function remove(string $path): void {
    if (is_dir($path) && !is_link($path)) {
      foreach (array_diff(scandir($path) ?: [], ['.', '..']) as $name) {
        self::remove("$path/$name");
      }
      rmdir($path);
      return;
    }
    unlink($path);
  }

}

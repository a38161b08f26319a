<?php

/**
 * Answers questions from a decisions.bin, by docs/decisions-bin.md alone: reads a few rows for each, never the file.
 * php reader.php FILE < questions.json; prints a JSON list of answers. For a test; the Drupal module has its own.
 */

declare(strict_types=1);

final class Reader
{
    private const NONE = 0xFFFFFFFF;

    /** @var resource */
    private $file;

    /** @var array<string, array{at: int, length: int, rows: int, bytes: int, bits: int}> */
    private array $sections = [];

    public int $reads = 0;

    public function __construct(string $path)
    {
        $this->file = fopen($path, 'rb');
        stream_set_read_buffer($this->file, 0);
        $head = $this->read(0, 32);
        if (substr($head, 0, 8) !== "\x89PRPT\r\n\x1a") {
            throw new RuntimeException('foreign');
        }
        ['version' => $version, 'count' => $count, 'size' => $size] = unpack('nversion/ncount/Nsize', $head, 8);
        if ($version !== 1) {
            throw new RuntimeException('version');
        }
        if ($size !== fstat($this->file)['size']) {
            throw new RuntimeException('damaged');
        }
        $directory = $this->read(32, 24 * $count + 4);
        $sum = unpack('N', $directory, 24 * $count)[1];
        if (crc32($head . substr($directory, 0, -4)) !== $sum) {
            throw new RuntimeException('damaged');
        }
        for ($i = 0; $i < $count; $i++) {
            $entry = unpack('a4kind/Nat/Nlength/Nrows/nbytes/nbits', $directory, 24 * $i);
            $this->sections[$entry['kind']] = $entry;
        }
    }

    /** @return array<string, mixed>|null */
    public function address(string $address, int $now): ?array
    {
        $packed = inet_pton($address);
        if (strlen($packed) === 16 && str_starts_with($packed, str_repeat("\0", 10) . "\xff\xff")) {
            $packed = substr($packed, 12);
        }
        $version = strlen($packed) === 4 ? '4' : '6';
        if ($this->isAllowed("ALW$version", $packed)) {
            return null;
        }
        return $this->best([...$this->addresses("IPV$version", $packed), ...$this->ranges("RNG$version", $packed)], $now);
    }

    /** @return array<string, mixed>|null */
    public function text(string $scope, string $value, int $now): ?array
    {
        $key = "$scope\0$value";
        $hash = pack('N', crc32($key));
        $found = [];
        for ($row = $this->notBelow('TEXT', $hash); $row < $this->sections['TEXT']['rows']; $row++) {
            $bytes = $this->row('TEXT', $row);
            if (substr($bytes, 0, 4) !== $hash) {
                break;
            }
            $fields = unpack('Nends/Nrecord/Nat/nlength/nclass', $bytes, 4);
            if ($this->string($fields['at'], $fields['length']) === $key) {
                $found[] = ['scope' => $scope, 'weight' => ['session' => 400, 'user' => 300, 'as' => -1, 'country' => -2][$scope] ?? -3] + $fields;
            }
        }
        return $this->best($found, $now);
    }

    private function isAllowed(string $section, string $packed): bool
    {
        $row = $this->lastNotAbove($section, $packed);
        return $row >= 0 && strcmp(substr($this->row($section, $row), strlen($packed)), $packed) >= 0;
    }

    private function addresses(string $section, string $packed): array
    {
        $found = [];
        for ($row = $this->notBelow($section, $packed); $row < $this->sections[$section]['rows']; $row++) {
            $bytes = $this->row($section, $row);
            if (!str_starts_with($bytes, $packed)) {
                break;
            }
            $found[] = ['scope' => 'ip', 'weight' => 200] + unpack('Nends/Nrecord/nclass', $bytes, strlen($packed));
        }
        return $found;
    }

    private function ranges(string $section, string $packed): array
    {
        $found = [];
        $row = $this->lastNotAbove($section, $packed);
        while ($row >= 0 && $row !== self::NONE) {
            $bytes = $this->row($section, $row);
            $fields = unpack('Nends/Nrecord/Nparent/nclass/Clength', $bytes, strlen($packed));
            if (self::sharesBits($bytes, $packed, $fields['length'])) {
                $found[] = ['scope' => 'range', 'weight' => $fields['length']] + $fields;
            }
            $row = $fields['parent'];
        }
        return $found;
    }

    private static function sharesBits(string $one, string $other, int $bits): bool
    {
        $whole = intdiv($bits, 8);
        if (strncmp($one, $other, $whole) !== 0) {
            return false;
        }
        $left = 8 - $bits % 8;
        return $left === 8 || ord($one[$whole]) >> $left === ord($other[$whole]) >> $left;
    }

    private function best(array $found, int $now): ?array
    {
        $found = array_filter($found, fn (array $one) => $one['ends'] > $now);
        if ($found === []) {
            return null;
        }
        foreach ($found as $i => $one) {
            $found[$i] += unpack('Cstrictness/Csimulated/nd/nb/nw/Ndoes/Nbecause/Nwho', $this->row('CLAS', $one['class']));
        }
        usort($found, fn (array $a, array $b) => [$a['simulated'], $b['strictness'], $b['weight'], $b['ends'], $a['record']]
            <=> [$b['simulated'], $a['strictness'], $a['weight'], $a['ends'], $b['record']]);
        $best = $found[0];
        return [
            'scope' => $best['scope'],
            'remediation' => $this->string($best['does'], $best['d']),
            'scenario' => $this->string($best['because'], $best['b']),
            'origin' => $this->string($best['who'], $best['w']),
            'simulated' => $best['simulated'] === 1,
            'endsAt' => $best['ends'],
            'record' => sprintf('%08x', $best['record']),
        ];
    }

    /** The first row whose key is not below; the number of rows when all are. */
    private function notBelow(string $section, string $key): int
    {
        [$low, $high] = $this->limits($section, $key);
        while ($low < $high) {
            $middle = intdiv($low + $high, 2);
            if (strcmp(substr($this->row($section, $middle), 0, strlen($key)), $key) < 0) {
                $low = $middle + 1;
            } else {
                $high = $middle;
            }
        }
        return $low;
    }

    /** The last row whose key is not above; -1 when all are. */
    private function lastNotAbove(string $section, string $key): int
    {
        [$low, $high] = $this->limits($section, $key);
        while ($low < $high) {
            $middle = intdiv($low + $high, 2);
            if (strcmp(substr($this->row($section, $middle), 0, strlen($key)), $key) > 0) {
                $high = $middle;
            } else {
                $low = $middle + 1;
            }
        }
        return $low - 1;
    }

    private function limits(string $section, string $key): array
    {
        ['at' => $at, 'rows' => $rows, 'bits' => $bits] = $this->sections[$section];
        if ($bits === 0) {
            return [0, $rows];
        }
        $value = unpack('N', $key)[1] >> (32 - $bits);
        return array_values(unpack('N2', $this->read($at + 4 * $value, 8)));
    }

    private function row(string $section, int $row): string
    {
        ['at' => $at, 'bytes' => $bytes, 'bits' => $bits] = $this->sections[$section];
        return $this->read($at + ($bits === 0 ? 0 : 4 * (2 ** $bits + 1)) + $row * $bytes, $bytes);
    }

    private function string(int $offset, int $length): string
    {
        return $length === 0 ? '' : $this->read($this->sections['STRS']['at'] + $offset, $length);
    }

    private function read(int $at, int $length): string
    {
        $this->reads++;
        fseek($this->file, $at);
        return (string) fread($this->file, $length);
    }
}

try {
    $reader = new Reader($argv[1]);
    $answers = array_map(
        fn (array $ask) => isset($ask['ip'])
            ? $reader->address($ask['ip'], $ask['now'])
            : $reader->text($ask['scope'], $ask['value'], $ask['now']),
        json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR),
    );
    echo json_encode($answers, JSON_THROW_ON_ERROR);
} catch (RuntimeException $problem) {
    echo json_encode($problem->getMessage());
}

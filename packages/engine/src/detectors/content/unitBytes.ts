// Texts as bytes, one for each UTF-16 unit. Reading units out of a string, above all out of a piece of a longer one,
// takes several times as long as reading bytes; copying them takes as long as some dozen units do.

const ENCODER = new TextEncoder();

/** A shorter text is read as quickly as it is copied. */
export const SHORTEST_COPIED = 48;

/** Stands for every unit beyond ASCII where nobody asks which one it is. */
export const BEYOND_ASCII = 255;

/**
 * Writes a text into `bytes`, which have room for each of its units: ASCII as it is, and what `beyond` says, 128 or
 * more, for every other unit.
 */
export function copyUnits(
  text: string,
  bytes: Uint8Array,
  beyond: (unit: number) => number = beyondAscii,
): void {
  const { length } = text;
  if (length >= SHORTEST_COPIED) {
    const { read, written } = ENCODER.encodeInto(text, bytes);
    if (read === length && written === length) return;
  }
  if (length < SHORTEST_COPIED) {
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      bytes[i] = unit < 128 ? unit : beyond(unit);
    }
    return;
  }
  for (let start = 0; start < length; start += CHUNK) {
    const chunk = length <= CHUNK ? text : text.slice(start, start + CHUNK);
    UNIT_BYTES.write(chunk, 'utf16le');
    for (let i = 0; i < chunk.length; i++) {
      const unit = UNITS[i]!;
      bytes[start + i] = unit < 128 ? unit : beyond(unit);
    }
  }
}

const CHUNK = 8192;
const UNITS = new Uint16Array(CHUNK);
const UNIT_BYTES = Buffer.from(UNITS.buffer);

function beyondAscii(): number {
  return BEYOND_ASCII;
}

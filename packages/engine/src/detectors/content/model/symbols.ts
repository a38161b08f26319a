// The alphabet that the model reads: letters without case, one symbol for digits, one for blanks, one for everything
// that is not ASCII. 63 symbols fit six bits, so that a trigram is a number below 2^18 and needs no hashing.

export const SYMBOL_BITS = 6;
export const EDGE_SYMBOL = 63;
export const FOREIGN_SYMBOL = 62;
const CONTROL_SYMBOL = 61;
const SPACE_SYMBOL = 28;
const DIGIT_SYMBOL = 27;

/** The symbol of each ASCII code. */
export const ASCII_SYMBOLS: Uint8Array = new Uint8Array(128).fill(CONTROL_SYMBOL);

/** How many equal symbols in a row are read; what follows adds nothing but length. */
export const LONGEST_RUN: Uint8Array = new Uint8Array(64).fill(4);
LONGEST_RUN[DIGIT_SYMBOL] = 2;
LONGEST_RUN[SPACE_SYMBOL] = 1;
LONGEST_RUN[FOREIGN_SYMBOL] = 1;

let next = 29;
for (let code = 33; code < 127; code += 1) {
  if (code >= 48 && code <= 57) ASCII_SYMBOLS[code] = DIGIT_SYMBOL;
  else if (code >= 97 && code <= 122) ASCII_SYMBOLS[code] = code - 96;
  else if (code >= 65 && code <= 90) ASCII_SYMBOLS[code] = code - 64;
  else {
    ASCII_SYMBOLS[code] = next;
    next += 1;
  }
}
for (const code of [9, 10, 11, 12, 13, 32]) ASCII_SYMBOLS[code] = SPACE_SYMBOL;

/** The symbol of a UTF-16 unit above ASCII: blanks are blanks in every alphabet, and bytes that are no text are told. */
export function foreignSymbol(code: number): number {
  if (code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200b) || code === 0x2028)
    return SPACE_SYMBOL;
  return code === 0xfffd || (code < 0xa0 && code >= 0x80) ? CONTROL_SYMBOL : FOREIGN_SYMBOL;
}

// What a byte may be in a head (RFC 9110 5.5, 5.6.2, RFC 9112 3), as tables: one load a byte.

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;

const TOKEN_MARKS = "!#$%&'*+-.^_`|~";

/** The lower-case byte of a token character; 0 for every other byte. */
export const TOKEN: Uint8Array = table((byte) =>
  isLetterOrDigit(byte) || TOKEN_MARKS.includes(String.fromCharCode(byte)) ? lower(byte) : 0,
);

/** Every byte, letters in lower case. */
export const LOWER: Uint8Array = table(lower);

/**
 * As TOKEN, with every mark as `-`: two names that are the same here can become one variable in CGI, PHP or WSGI,
 * where `-` and, in some, every mark is turned into `_`.
 */
export const FOLDED: Uint8Array = table((byte) =>
  isLetterOrDigit(byte) ? lower(byte) : TOKEN[byte] === 0 ? 0 : 45,
);

/** 1 for what may stand in the value of a header: visible, space, tab, and bytes from 0x80. */
export const VALUE: Uint8Array = table((byte) => Number(byte === HTAB || (byte >= SP && byte !== 127)));

/** 1 for the letters of a method: what nginx takes. */
export const METHOD: Uint8Array = table((byte) =>
  Number((byte >= 65 && byte <= 90) || byte === 45 || byte === 95),
);

/** 1 to 16 for a hexadecimal digit (its value and one); 0 for every other byte. */
export const HEX: Uint8Array = table((byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 0 : value + 1;
});

function table(value: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => value(byte));
}

function isLetterOrDigit(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

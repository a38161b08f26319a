// The squares of a QR code.

import { encode } from 'uqr';

/** Without so much of a light border a picture is not found (ISO/IEC 18004). */
const BORDER = 4;

/** Returns which squares are dark, row by row, with the light border around them. */
export function qrSquares(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: BORDER }).data;
}

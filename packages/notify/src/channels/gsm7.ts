// The letters of a text message (3GPP TS 23.038, 6.2.1). One letter outside of them halves and more what a part can
// hold, from 153 to 67, and each part is paid for: dashes and quotes are written plainly, and letters that have an
// accent there is no place for lose it.

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Of the extension table: each takes the place of two. */
const EXTENDED = new Set('^{}\\[~]|€');
const PLAIN: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '…': '...',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '\u00A0': ' ',
  '\u202F': ' ',
};
const PART = 153;
const PART_OF_OTHERS = 67;

/** Returns the text so that it fits into so many parts, with `...` where it had to be cut. */
export function textMessage(text: string, parts: number): string {
  const plain = Array.from(text, plainLetter).join('');
  const sizes = Array.from(plain, sizeOf);
  const isBasic = sizes.every((size) => size !== undefined);
  // Outside of its letters, what counts is units of UTF-16.
  const most = parts * (isBasic ? PART : PART_OF_OTHERS);
  const size = (letter: string): number => (isBasic ? sizeOf(letter)! : letter.length);
  const letters = Array.from(plain);
  const whole = letters.reduce((sum, letter) => sum + size(letter), 0);
  if (whole <= most) return plain;
  let kept = '';
  let used = 3;
  for (const letter of letters) {
    used += size(letter);
    if (used > most) break;
    kept += letter;
  }
  return `${kept}...`;
}

function sizeOf(letter: string): number | undefined {
  if (BASIC.has(letter)) return 1;
  return EXTENDED.has(letter) ? 2 : undefined;
}

function plainLetter(letter: string): string {
  const plain = PLAIN[letter] ?? letter;
  if (sizeOf(plain[0]!) !== undefined) return plain;
  const [bare = plain] = plain.normalize('NFD');
  return sizeOf(bare) === undefined ? plain : bare;
}

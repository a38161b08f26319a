// Whether a text reads like something a person wrote to other people. Who asks how a file is protected names the file;
// so rules may say what they are worth inside a sentence.

const LOOKED_AT = 4096;
const WORDS = 4;
/** Pasted code and letters have lines; what attacks put into one value rarely has. */
const LINES = 4;
/** A block of code in Markdown. */
const FENCED = /(?:^|\n)```[a-z]{0,12}\r?\n[^`]{1,4000}\n```/;

/**
 * Whether four words of letters follow each other, parted by single spaces or by a comma or full stop and a space; or
 * the text has several lines with something on each, or code between fences, as forums and chats have it.
 */
export function readsLikeProse(text: string): boolean {
  if (FENCED.test(text)) return true;
  const end = Math.min(text.length, LOOKED_AT);
  let words = 0;
  let letters = 0;
  let lines = 0;
  let lineStart = 0;
  for (let i = 0; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (isLetter(unit)) {
      letters++;
      continue;
    }
    if (unit === 0x0a) {
      if (i - lineStart > 12 && ++lines >= LINES) return true;
      lineStart = i;
    }
    const isSpace = unit === 0x20;
    const isStop = unit === 0x2c || unit === 0x2e || unit === 0x3a;
    if (letters > 0 && (isSpace || (isStop && text.charCodeAt(i + 1) === 0x20))) {
      if (++words >= WORDS) return true;
      if (isStop) i++;
    } else words = 0;
    letters = 0;
  }
  return letters > 0 && words + 1 >= WORDS;
}

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit >= 0xc0;
}

// Whether a text reads like something a person wrote to other people. Who asks how a file is protected names the file;
// so rules may say what they are worth inside a sentence.

const LOOKED_AT = 4096;
const WORDS = 4;
/** Pasted code and letters have lines; what attacks put into one value rarely has. */
const LINES = 4;
/** A block of code in Markdown. */
const FENCED = /(?:^|\n)```[a-z]{0,12}\r?\n[^`]{1,4000}\n```/;
/** What a database's own program writes in front of what one types. */
const PROMPT = /^(?:\w{1,20}=[#>]|mysql>|sqlite>|MariaDB \[[^\]]{1,40}\]>) /;

/** A sentence with code in it has so many pieces between blanks, and this share of them are words. */
const LEAST_PIECES = 5;
const WORD_SHARE = 0.6;

/**
 * Whether four words of letters follow each other, parted by single spaces or by a comma or full stop and a space; or
 * most of a text that begins with a word are words; or it has several lines with something on each, or code between
 * fences, as forums and chats have it, or was copied from where a database is asked.
 */
export function readsLikeProse(text: string): boolean {
  return FENCED.test(text) || PROMPT.test(text) || hasSentence(text) || isMostlyWords(text);
}

function hasSentence(text: string): boolean {
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

/** Numbers say nothing. A word may have an apostrophe inside, and a stop, a closing bracket or a quote behind it. */
function isMostlyWords(text: string): boolean {
  const end = Math.min(text.length, LOOKED_AT);
  let pieces = 0;
  let words = 0;
  for (let at = 0; at < end;) {
    let stop = text.indexOf(' ', at);
    if (stop < 0 || stop > end) stop = end;
    const is = stop > at ? kindOf(text, at, stop) : 'number';
    if (is !== 'number') pieces++;
    if (is === 'word') words++;
    else if (words === 0 && stop > at) return false;
    at = stop + 1;
  }
  return pieces >= LEAST_PIECES && words >= pieces * WORD_SHARE;
}

function kindOf(text: string, from: number, to: number): 'word' | 'number' | 'other' {
  let end = to;
  while (end > from && AFTER_WORD.includes(text.charAt(end - 1))) end--;
  if (end === from || to - end > 2) return 'other';
  let digits = 0;
  for (let i = from; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x30 && unit <= 0x39) digits++;
    else if (!isLetter(unit) && (unit !== 0x27 || i === from || i + 1 === end)) return 'other';
  }
  if (digits === 0) return 'word';
  return digits === end - from ? 'number' : 'other';
}

const AFTER_WORD = '.,:;!?)"';

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit >= 0xc0;
}

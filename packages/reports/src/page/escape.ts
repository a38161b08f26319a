// HTML that cannot be broken by what is put into it: every value in a template is escaped unless it is
// HTML made by this template itself. There is no way to put raw text in but `trusted`, for our own script.

declare const htmlBrand: unique symbol;
/** Text that is safe to stand in a page. */
export type Html = { readonly [htmlBrand]: true; readonly text: string };

type Value = string | number | Html | readonly Html[] | undefined;

/** Returns the page fragment with every value escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = strings[0]!;
  for (const [i, value] of values.entries()) text += render(value) + strings[i + 1]!;
  return trusted(text);
}

/** Returns the text as a fragment as it is: only for constants of this package. */
export function trusted(text: string): Html {
  // The brand exists for the compiler only.
  return { text } as Html;
}

/** Returns the text with everything that means something in HTML made harmless. */
export function escapeHtml(text: string): string {
  return text.replace(INVISIBLE, spellOut).replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

// Control and format characters, the ones that turn the direction of text around among them.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function spellOut(character: string): string {
  if (character === '\n' || character === '\t' || character === '\r') return ' ';
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return value.map((item) => item.text).join('');
  return value.text;
}

function isList(value: Html | readonly Html[]): value is readonly Html[] {
  return Array.isArray(value);
}

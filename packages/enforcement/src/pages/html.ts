// HTML that cannot be broken by what is put into it: every value in a template is escaped unless it was made by
// such a template itself. Slots are places that are filled for each request in a page rendered once.

declare const htmlBrand: unique symbol;
/** Text that is safe to stand in a page. */
export type Html = string & { readonly [htmlBrand]: true };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// Control characters, and those that turn the direction of text around or cannot be seen.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Returns the fragment with every value escaped; undefined is nothing. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Html | undefined | { readonly raw: Html })[]
): Html {
  let text = unindent(strings[0]!);
  for (const [i, value] of values.entries()) {
    if (typeof value === 'object') text += value.raw;
    else if (value !== undefined) text += escapeHtml(String(value));
    text += unindent(strings[i + 1]!);
  }
  return trusted(text);
}

/** Puts a fragment into a template as it is. */
export function raw(fragment: Html): { readonly raw: Html } {
  return { raw: fragment };
}

/** Returns the text as a fragment as it is: only for constants of this package. */
function trusted(text: string): Html {
  // The brand exists for the compiler only.
  return text as Html;
}

export function escapeHtml(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** The indentation of the source is not sent. */
function unindent(piece: string): string {
  return piece.replace(/\n\s+/g, '\n');
}

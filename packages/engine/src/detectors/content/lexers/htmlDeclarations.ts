// What stands behind `<!` and `<?`, and whether a `<script>` is one or is only talked about.

import type { Strength } from './finding.ts';
import type { TagSearch } from './htmlTags.ts';

/** Where findings go. */
type Found = Pick<TagSearch, 'text' | 'add'>;

export function readDeclaration(search: Found, open: number): void {
  const start = search.text.slice(open, open + 24).toLowerCase();
  if (start.startsWith('<!--#')) {
    if (/^<!--#\s*(?:exec|include|echo|config|printenv|set|fsize)/.test(start))
      search.add(
        'server-include',
        'makes the server run or include something while it sends the page',
        'sure',
        open,
        open + 24,
        true,
      );
  } else if (/^<!(?:entity|attlist|element|notation)\s/.test(start))
    search.add(
      'entity',
      'declares entities, with which XML reads files or addresses',
      'sure',
      open,
      open + 9,
      true,
    );
  else if (start.startsWith('<!doctype') && !/^<!doctype\s+(?:html\b|svg\b|math\b|>)/.test(start)) {
    const declaration = search.text.slice(open, open + 300);
    if (/\[|system\s|public\s/i.test(declaration))
      search.add(
        'entity',
        'declares entities, with which XML reads files or addresses',
        'likely',
        open,
        open + 9,
        true,
      );
  } else if (start.startsWith('<![cdata['))
    search.add('markup', 'has a section of raw characters', 'weak', open, open + 9, false);
  else if (start.startsWith('<!--'))
    search.add('markup', 'has an HTML comment', 'weak', open, open + 4, false);
}

export function readInstruction(search: Found, open: number): void {
  const first = search.text.charCodeAt(open + 2) | 32;
  if (first !== 105 && first !== 120) return;
  const start = search.text.slice(open, open + 200).toLowerCase();
  if (/^<\?(?:import|xml-stylesheet)[^>]{0,120}(?:href|implementation)/.test(start))
    search.add('active-tag', 'loads a style sheet or a behaviour', 'likely', open, open + 20, true);
}

/** A writer names the tag in quotes, or it is the last word of a question; one with something behind it runs. */
export function scriptStrength(text: string, open: number, nameEnd: number): Strength {
  const rest = text.slice(nameEnd, nameEnd + 40);
  const quote = text.charAt(open - 1);
  // `<a href> <script type> <em>`: a list of tags that a text format lets through.
  if (/^(?:\s[a-z-]+)*>\s<[a-z]/i.test(rest)) return 'weak';
  if (/^>["'`”»]?[,.;:!?)]?\s+[a-z]/i.test(rest) && /["'`“«\s]/.test(quote) && !/[(=;{]/.test(rest))
    return 'weak';
  return 'sure';
}

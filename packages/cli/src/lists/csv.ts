// CSV as RFC 4180 has it, but for line ends inside quotes: no list of addresses has them, and so a broken
// quote spoils one line and not the rest of the file.

/** Returns the fields of a line, or undefined when a quote does not end. */
export function parseCsvLine(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = '';
      for (;;) {
        const quote = text.indexOf('"', at + 1);
        if (quote < 0) return undefined;
        field += text.slice(at + 1, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
      const comma = text.indexOf(',', at);
      fields.push(field);
      if (comma < 0) return fields;
      at = comma + 1;
    } else {
      const comma = text.indexOf(',', at);
      fields.push(text.slice(at, comma < 0 ? undefined : comma).trim());
      if (comma < 0) return fields;
      at = comma + 1;
    }
  }
}

export function formatCsvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

// What programs call themselves that do not pretend to be browsers. Names are of strangers: bounded, and plain.

const NO_NAME = '-';
const LONGEST = 40;
const PRODUCT = /^([A-Za-z][\w.+!-]{1,39}(?: [A-Z]\w{1,20})?)(?:[/ ;(]|$)/;
const COMPATIBLE = /\(compatible; *([A-Za-z][\w.+! -]{1,39}?)(?:[/;)]| \+)/i;
const HEADLESS = /\b(HeadlessChrome|PhantomJS|Electron)\b/;
/** Beside a browser's name: of programs that carry it for the sake of old servers. */
const TELLING = /\b[\w.-]*(?:bot|crawler|spider|monitor|preview|fetcher|scanner)\b|\+https?:\/\//i;

/** Returns the name of a program; undefined for what looks like a browser. */
export function programName(agent: string): string | undefined {
  if (agent === '' || agent === '-') return NO_NAME;
  const [, headless] = HEADLESS.exec(agent) ?? [];
  if (headless !== undefined) return headless;
  if (!/^(?:Mozilla|Opera)\//.test(agent)) {
    const [, product] = PRODUCT.exec(agent) ?? [];
    return (
      (product ??
        agent
          .replace(/[^\w.+!-]+/g, ' ')
          .trim()
          .slice(0, LONGEST)) ||
      NO_NAME
    );
  }
  const [telling] = TELLING.exec(agent) ?? [];
  if (telling === undefined) return undefined;
  const [, compatible] = COMPATIBLE.exec(agent) ?? [];
  if (compatible !== undefined && !/^MSIE/i.test(compatible)) return compatible.trim();
  return telling.startsWith('+') ? undefined : telling.slice(0, LONGEST);
}

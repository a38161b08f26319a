// What clients say without anybody having typed it: which program asks, for which page, and where the link was.
// Such texts look odd to a model that has mostly read what people type, and are odd in a few known ways only.

const LONGEST_AGENT = 512;
const LONGEST_PATH = 1024;
// Each segment begins with a letter or digit: no `.`, `..` or empty one.
const PLAIN_PATH = /^(?:\/[a-z\d][a-z\d_.-]{0,120}){1,16}\/?$/i;
/** Deeper than browsers do is somebody else's text. */
const MOST_DEPTH = 2;

/** Scheme and host of a link on a site that has a name. */
const LINK = /^https?:\/\/[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8}(?::\d{1,5})?(?:[/?#]|$)/i;

/**
 * How much more has to speak against the page that a link was on. Search pages put whole addresses and lists of words
 * there; what attacks put there says far more.
 */
const LINK_WEIGHT = 3.5;

/** Where to read about a program, as some say outside of parentheses, before their end or a blank. */
const ABOUT =
  /[ +]https?:\/\/[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,8}\.[a-z]{2,24}(?:\/[\w/-]{0,128}(?:\.\w{1,8})?)?(?= |$)/i;

/** Paths of a server, and commands where one would begin. */
const NEVER_IN_AGENTS =
  /\.\.|\/(?:etc|bin|sbin|proc|usr|var|tmp|dev)\/|[;,(]\s{0,8}(?:wget|curl|cat|ls|id|ping|nc|ncat|bash|sh|nslookup|sleep|echo|rm|python\d?|perl|ruby|php|whoami|uname|chmod|touch|kill)(?:\s{1,8}[^;)]|[|&])/i;

const OUTSIDE = new Uint8Array(128);
const INSIDE = new Uint8Array(128);
const WORDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+, ';
for (const char of WORDS) OUTSIDE[char.charCodeAt(0)] = 1;
for (const char of `${WORDS};:*@!~`) INSIDE[char.charCodeAt(0)] = 1;

/** Browsers that have their pages fetched by a server name themselves in other headers, and some in lists of their own. */
const AGENT_HEADERS: ReadonlySet<string> = new Set([
  'user-agent',
  'x-ucbrowser-ua',
  'x-ucbrowser-device-ua',
  'x-operamini-phone-ua',
  'x-operamini-phone',
  'x-device-user-agent',
  'x-original-user-agent',
  'device-stock-ua',
]);
/** `pf(Linux);re(U2/1.0.0);`, as UC Browser says it. */
const AGENT_LIST = /^(?:[a-z]{2}\([\w ./:*+,-]{0,64}\);?){1,32}$/;

export function isAgentHeader(name: string): boolean {
  return AGENT_HEADERS.has(name);
}

/**
 * Returns whether a user agent is products with versions and comments in parentheses, as programs name themselves (RFC
 * 9110, section 10.1.5), in characters that mean nothing to a shell, a database or a template. Semicolons count in
 * comments only; one address of a site may follow.
 */
export function isPlainAgent(agent: string): boolean {
  if (AGENT_LIST.test(agent)) return !NEVER_IN_AGENTS.test(agent);
  const value = agent.length > LONGEST_AGENT ? agent : agent.replace(ABOUT, '');
  if (value.length > LONGEST_AGENT || !/^[A-Za-z][\w.-]{0,40}\/\d/.test(value)) return false;
  let depth = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 0x28) {
      if (++depth > MOST_DEPTH) return false;
    } else if (code === 0x29) {
      if (--depth < 0) return false;
    } else if (code >= 128 || (depth > 0 ? INSIDE : OUTSIDE)[code] === 0) {
      return false;
    }
  }
  return depth === 0 && !NEVER_IN_AGENTS.test(value);
}

/** Returns the weight that is left when it was found in the address of the page that a link was on. */
export function linkWeight(value: string, weight: number): number {
  return LINK.test(value) ? weight - LINK_WEIGHT : weight;
}

/**
 * Returns whether a path is words between slashes, which is what pages are called: what is dangerous to ask for by such
 * a name is known by its name, and rules say so.
 */
export function isPlainPath(path: string): boolean {
  return (
    path.length <= LONGEST_PATH &&
    PLAIN_PATH.test(path) &&
    !/\/(?:etc|proc|bin\/(?:\w{0,8}sh|cat|ls|id))(?:\/|$)/i.test(path)
  );
}

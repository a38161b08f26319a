// What a program tells the SDK; what it leaves out is filled in here.

export interface ParapetOptions {
  /** Where Parapet listens: `unix:/path`, a path, or `http://host:port`. */
  readonly endpoint: string;
  /** Until an answer begins; then the request passes. */
  readonly timeoutMs?: number;
  /** Addresses and ranges of proxies in front of the program, whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Tells how requests ended. Switch it off when the log of a server in front is read: each would count twice. */
  readonly tellsEnds?: boolean;
  /** Paths (prefixes) about which nobody is asked, such as `/assets/`. */
  readonly skip?: readonly string[];
  /** Told when a request passed because nobody answered; at most once a second. */
  readonly onFault?: (error: Error) => void;
}

export const TIMEOUT_MS = 50;

export type Place = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** Throws on what is no place to ask at. */
export function placeOf(endpoint: string): Place {
  if (endpoint.startsWith('unix:')) return { socketPath: endpoint.slice(5) };
  if (endpoint.startsWith('/')) return { socketPath: endpoint };
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.pathname !== '/')
    throw new Error(`endpoint: \`${endpoint}\` is neither \`unix:/path\` nor \`http://host:port\``);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

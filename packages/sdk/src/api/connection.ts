// One request to Parapet's own API over a connection that is kept, with a limit on how long it may take and how much
// may come back.

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface ApiAnswer {
  readonly status: number;
  /** Seconds after which it may be asked again; undefined when nothing was said. */
  readonly retryAfterSeconds: number | undefined;
  readonly text: string;
}

type Place =
  | { readonly isTls: false; readonly socketPath: string }
  | { readonly isTls: boolean; readonly host: string; readonly port: number };

const MOST_ANSWER_BYTES = 16_777_216;

/** Throws on what is no place to ask at. */
function placeOf(endpoint: string): Place {
  if (endpoint.startsWith('unix:')) return { isTls: false, socketPath: endpoint.slice(5) };
  if (endpoint.startsWith('/')) return { isTls: false, socketPath: endpoint };
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isTls = url?.protocol === 'https:';
  if (url === undefined || (!isTls && url.protocol !== 'http:') || url.pathname !== '/')
    throw new Error(`endpoint: \`${endpoint}\` is neither \`unix:/path\` nor \`http(s)://host:port\``);
  const port = Number(url.port || (isTls ? 443 : 80));
  return { isTls, host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

export class ApiConnection {
  readonly #place: Place;
  readonly #token: string;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(endpoint: string, token: string) {
    this.#place = placeOf(endpoint);
    this.#token = token;
    const options = { keepAlive: true, maxSockets: 4, maxFreeSockets: 2 };
    this.#agent = this.#place.isTls ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Asks for a path below `/api/v1`. Rejects when no whole answer comes in time. */
  ask(method: string, path: string, body: string | undefined, timeoutMs: number): Promise<ApiAnswer> {
    const { isTls, ...where } = this.#place;
    return new Promise((resolve, reject) => {
      const request = (isTls ? httpsRequest : httpRequest)({
        ...where,
        agent: this.#agent,
        method,
        path: `/api/v1${path}`,
        headers: {
          authorization: `Bearer ${this.#token}`,
          // The engine tells its people when the clock here is wrong.
          date: new Date().toUTCString(),
          ...('socketPath' in where ? { host: 'localhost' } : {}),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      // A time limit of its own: that of a socket begins only with the connection.
      const timer = setTimeout(() => request.destroy(new Error('Parapet did not answer in time')), timeoutMs);
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.on('response', (response) => {
        readAnswer(response)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(response: IncomingMessage): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  const seconds = Number(response.headers['retry-after']);
  return {
    status: response.statusCode!,
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

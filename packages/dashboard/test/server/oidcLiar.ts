// A provider of identities that says what it is told to say, true or not: discovery, keys and tokens over node:http.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Claims = Record<string, unknown>;

export interface Liar {
  readonly issuer: string;
  /** What its next token says beside what is right. */
  says: Claims;
  /** Whether its next token is signed by somebody else. */
  isForged: boolean;
  /** What browsers were sent with, and what was handed in for the code. */
  readonly handedIn: URLSearchParams[];
  readonly stop: () => void;
}

export const CLIENT = { clientId: 'parapet', clientSecret: 'a secret of the client' };

export async function startLiar(nonceOf: () => string): Promise<Liar> {
  const [own, other] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const jwk = { ...own!.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  const handedIn: URLSearchParams[] = [];
  const tokenOf = (): string => {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: liar.issuer, aud: CLIENT.clientId, sub: '7', iat: seconds, exp: seconds + 300 },
      ...{ nonce: nonceOf(), preferred_username: 'olga', groups: ['ops'], ...liar.says },
    };
    const text = [{ alg: 'RS256', kid: 'one' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = (liar.isForged ? other : own)!.privateKey;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };
  const server = createServer((req, res) => {
    const say = (body: object): void =>
      void res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (req.url === '/jwks') return say({ keys: [jwk] });
    if (req.url !== '/token')
      return say({
        issuer: liar.issuer,
        authorization_endpoint: `${liar.issuer}/authorize`,
        token_endpoint: `${liar.issuer}/token`,
        jwks_uri: `${liar.issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      handedIn.push(new URLSearchParams(text));
      say({ access_token: 'x', token_type: 'Bearer', id_token: tokenOf() });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // TCP
  const liar: Liar = {
    ...{ issuer: `http://127.0.0.1:${port}`, says: {}, isForged: false, handedIn },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return liar;
}

/** What PKCE says of a verifier (RFC 7636, section 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

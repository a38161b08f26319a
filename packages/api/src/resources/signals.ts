// Signals over HTTP.

import { route, type Asked, type Reply, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { BATCH_BYTES, readBatch } from '../signals/batch.ts';
import { SCHEMAS } from './schemas.ts';

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/x-ndjson', '']);

async function take({
  options: { signals },
  bytes,
  mediaType,
  token,
}: Asked<unknown, unknown>): Promise<Reply> {
  if (!JSON_TYPES.has(mediaType))
    throw new Problem(415, 'E_API_MEDIA', 'Signals are application/json or application/x-ndjson');
  const batch = readBatch(bytes);
  if (!batch.ok) throw new Problem(batch.isLarge ? 413 : 400, batch.code, batch.detail);
  const taken = await signals.take(`token ${token.name}`, batch.records);
  switch (taken.outcome) {
    case 'limited':
      throw new Problem(429, 'E_SIGNAL_RATE', 'Too many records; send the same ones again later', {
        retryAfterSeconds: taken.retryAfterSeconds,
      });
    case 'busy':
      throw new Problem(503, 'E_SIGNAL_BUSY', 'The engine is behind; send the same records again later', {
        retryAfterSeconds: taken.retryAfterSeconds,
      });
    case 'taken': {
      const { accepted, duplicates, refused } = taken;
      if (accepted + duplicates === 0 && refused.length > 0)
        throw new Problem(422, 'E_SIGNAL_REFUSED', `No record could be taken: ${refused[0]!.detail}`, {
          refused: [...refused],
        });
      return { status: 202, body: { accepted, duplicates, refused } };
    }
  }
}

export const signalRoutes: readonly Route[] = [
  route('post', '/signals', {
    scope: 'signals:write',
    summary: 'Takes what an application tells: a record, an array of them, or one a line',
    body: 'raw',
    mostBytes: BATCH_BYTES,
    answers: { 202: { description: 'What was taken is kept', schema: SCHEMAS.SignalsTaken } },
    problems: {
      422: 'No record of the batch could be taken',
      503: 'The engine is behind, or the store cannot be used; come again after Retry-After',
    },
    handle: take,
  }),
  route('get', '/signals', {
    scope: 'signals:read',
    summary: 'How many signals were taken and refused since the start',
    answers: { 200: { description: 'The counts', schema: SCHEMAS.SignalCounts } },
    handle: async ({ options: { signals } }) => ({ status: 200, body: signals.counts() }),
  }),
];

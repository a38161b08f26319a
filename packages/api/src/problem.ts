// What is answered when a request cannot be: problem details (RFC 9457) with a code of ours that never changes.

import { z } from 'zod';

export const PROBLEM_TYPE = 'application/problem+json';

/** Nobody keeps an answer, nor takes it for anything but what it is. */
export const ALWAYS_SENT: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

interface ProblemBody {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly refused?: readonly ProblemRecord[] | undefined;
  readonly letsThrough?: readonly string[] | undefined;
}

interface ProblemRecord {
  readonly index: number;
  readonly id?: string | undefined;
  readonly code: string;
  readonly detail: string;
}

export const problemSchema: z.ZodType<ProblemBody> = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The words of the status'),
    status: z.number().int(),
    code: z.string().describe('A code of docs/errors.md, which never changes'),
    detail: z.string().describe('What was wrong with this request, for people'),
    refused: z
      .array(
        z.object({
          index: z.number().int(),
          id: z.string().optional(),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional()
      .describe('Of a batch of signals: what was wrong with which record'),
    letsThrough: z
      .array(z.string())
      .optional()
      .describe('Of feedback: the records that it would let through'),
  })
  .describe('Why a request was not done (RFC 9457)');

type Extra = Pick<ProblemBody, 'refused' | 'letsThrough'>;

/** A request that is not done, with what is answered. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number;
  readonly extra: Extra;

  constructor(
    status: number,
    code: string,
    detail: string,
    more: Extra & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    const { retryAfterSeconds = 0, ...extra } = more;
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
    this.extra = extra;
  }
}

export function problemAnswer({ status, code, message, retryAfterSeconds, extra }: Problem): Response {
  const title = TITLES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, code, detail: message, ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': PROBLEM_TYPE,
      ...ALWAYS_SENT,
      ...(retryAfterSeconds > 0 ? { 'retry-after': String(retryAfterSeconds) } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="parapet"' } : {}),
    },
  });
}

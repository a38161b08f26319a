// What is answered when a request cannot be done: problem details (RFC 9457) with a code that never changes. The page
// has its own words for each code; `detail` is for who asks without the page.

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  /** Values that the page needs, for its words or to go on. */
  readonly values: Readonly<Record<string, string | number>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    values: Readonly<Record<string, string | number>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.values = values;
  }
}

export function problemAnswer({ status, code, message, values }: Problem): Response {
  const wait = values['seconds'];
  return Response.json(
    { type: 'about:blank', status, code, detail: message, values },
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
      },
    },
  );
}

export function absent(): Problem {
  return new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no such thing, or not any more');
}

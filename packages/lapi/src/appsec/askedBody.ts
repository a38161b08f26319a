// The body of a question, handed on as it comes: its beginning as a whole, the rest piece by piece. It is read to its
// end whatever is found, because bouncers send all of it before they read the answer; and never for longer than the
// time limit, for bouncers announce bodies that do not come.

import type { IncomingMessage } from 'node:http';

export interface BodyReader {
  /** Told once, before `next`; undefined when there is no body. `isCut`: more would follow. */
  begin(body: Uint8Array | undefined, isCut: boolean): void;
  next(piece: Uint8Array): void;
}

/** How reading ended: `late` when time was up, `gone` when the bouncer had left. */
export type BodyEnd = 'whole' | 'late' | 'gone';

/** Reads the body; the beginning has so many bytes at most. Never rejects, but for what the reader throws. */
export function readAskedBody(
  req: IncomingMessage,
  beginBytes: number,
  limitMs: number,
  reader: BodyReader,
): Promise<BodyEnd> {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  if (coding === undefined && (length === undefined || length === '0')) {
    reader.begin(undefined, false);
    return Promise.resolve('whole');
  }
  return new Promise((resolve, reject) => {
    let beginning: Buffer[] | undefined = [];
    let bytes = 0;
    const begin = (isCut: boolean): void => {
      const whole = Buffer.concat(beginning!);
      beginning = undefined;
      reader.begin(whole.length === 0 ? undefined : whole, isCut);
    };
    const take = (piece: Buffer): void => {
      if (beginning === undefined) return reader.next(piece);
      const room = beginBytes - bytes;
      bytes += piece.length;
      if (piece.length <= room) {
        beginning.push(piece);
        return;
      }
      beginning.push(piece.subarray(0, room));
      begin(true);
      reader.next(piece.subarray(room));
    };
    const leave = (): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      req.resume();
    };
    const safely = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        leave();
        reject(error);
      }
    };
    const onData = (piece: Buffer): void => safely(() => take(piece));
    const finish = (end: BodyEnd): void =>
      safely(() => {
        if (beginning !== undefined && end !== 'gone') begin(end === 'late');
        leave();
        resolve(end);
      });
    const onEnd = (): void => finish('whole');
    const onClose = (): void => finish('gone');
    const timer = setTimeout(() => finish('late'), limitMs);
    req.on('data', onData).on('end', onEnd).on('close', onClose);
    // `close` follows.
    req.on('error', () => {});
  });
}

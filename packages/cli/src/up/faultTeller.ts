// What goes wrong while something is served is told to people, but not each time: a fault that each request meets would
// fill the terminal.

const TOLD_EVERY_MS = 60_000;

/** Returns what tells a fault, with what it means in front, at most once a minute. */
export function faultTeller(
  what: string,
  now: () => Date,
  onNote: (text: string) => void,
): (error: unknown) => void {
  let toldAtMs = -Infinity;
  return (error) => {
    const nowMs = now().getTime();
    // A clock that was set back keeps nothing quiet for longer.
    if (Math.abs(nowMs - toldAtMs) < TOLD_EVERY_MS) return;
    toldAtMs = nowMs;
    onNote(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  };
}

// Which paths a site has and how its requests are spread over them. Numbers in a path are one path (`/node/#`), so
// that a shop of a million articles is a few rows. What was asked for in the time of learning is known; what is
// asked for first afterwards is not, which says little about one request and much about a thousand.

/** The kinds of request that people and machines mix differently. */
export type PathKind = 'page' | 'asset';

export interface SavedPaths {
  /** The busiest paths and their requests in the time of learning. */
  readonly paths: readonly (readonly [name: string, requests: number])[];
  readonly requests: number;
}

/** More are counted together as unknown. */
const MAX_PATHS = 10_000;
const MAX_LENGTH = 200;
/** Between these, rows for paths that were asked for once are given up for new ones. */
const SWEEP_AT = 4 * MAX_PATHS;

const ASSET =
  /\.(?:css|js|mjs|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|map|mp4|webm|mp3|pdf)$|^\/(?:assets?|static|themes?)\//;

export function kindOf(rawPath: string): PathKind {
  const end = endOf(rawPath);
  const path = end === rawPath.length ? rawPath : rawPath.slice(0, end);
  return ASSET.test(path) ? 'asset' : 'page';
}

/** Returns the path without its query, with every run of digits as `#`. */
export function nameOf(rawPath: string): string {
  return rawPath.slice(0, Math.min(endOf(rawPath), MAX_LENGTH)).replace(/\d+/g, '#');
}

function endOf(rawPath: string): number {
  const query = rawPath.indexOf('?');
  return query < 0 ? rawPath.length : query;
}

/** Counts paths in the time of learning. */
export class PathCounts {
  #counts = new Map<string, number>();
  #requests = 0;

  add(name: string): void {
    this.#requests++;
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= SWEEP_AT) this.#sweep();
    this.#counts.set(name, (before ?? 0) + 1);
  }

  save(): SavedPaths {
    const paths = [...this.#counts].toSorted(([, one], [, other]) => other - one).slice(0, MAX_PATHS);
    return { paths, requests: this.#requests };
  }

  restore({ paths, requests }: SavedPaths): void {
    this.#counts = new Map(paths);
    this.#requests = requests;
  }

  #sweep(): void {
    const kept = [...this.#counts].toSorted(([, one], [, other]) => other - one).slice(0, 2 * MAX_PATHS);
    this.#counts = new Map(kept);
  }
}

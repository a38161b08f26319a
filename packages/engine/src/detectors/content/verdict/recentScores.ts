// Scores of texts that came before: in real traffic nearly all values repeat (user agents, cookies, names of fields).
// Two generations make a cache that forgets what was not asked for lately; the score is a function of the text alone, so
// that nobody can put a wrong one in.

/** Shorter texts are scored as quickly as they are found. */
const SHORTEST = 12;
const LONGEST = 512;
const MOST_EACH = 4096;

export class RecentScores {
  #young = new Map<string, number>();
  #old: ReadonlyMap<string, number> = new Map();

  /** Returns the score of the text: the one that is known, or what `score` gives. */
  get(text: string, score: (text: string) => number): number {
    if (text.length < SHORTEST || text.length > LONGEST) return score(text);
    let known = this.#young.get(text);
    if (known !== undefined) return known;
    known = this.#old.get(text) ?? score(text);
    if (this.#young.size >= MOST_EACH) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, known);
    return known;
  }
}

/** Limits what is slow to a share of the time, while training goes on. */
const SHARE = 0.25;

export class ShareOfTime {
  #next = 0;

  get isDue(): boolean {
    return performance.now() >= this.#next;
  }

  /** It has taken so many milliseconds, and is due again when these are its share. */
  spend(milliseconds: number): void {
    this.#next = performance.now() + milliseconds * (1 / SHARE - 1);
  }

  /** It is due at once. */
  reset(): void {
    this.#next = 0;
  }
}

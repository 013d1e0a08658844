/**
 * Whether a kind of call is quicker with all threads or with one, found out by trying: where a batch takes
 * microseconds, that depends on how far apart the cores are and on what else the machine does. The results are
 * the same either way.
 */

/** Calls longer than this, in milliseconds, are always divided. */
const LONG = 50;

/**
 * How many calls are counted at a time, or how many milliseconds where that is less: of the way that is used,
 * of the other one in a try, and before either, when helpers wake up and caches fill.
 */
const USED = { calls: 64, time: 20 };
const TRIED = { calls: 16, time: 3 };
const WARM_UP = { calls: 8, time: 1 };

/** How long to wait between two tries, in milliseconds and in times of one: it costs 2 % at most. */
const BETWEEN = 60;
const TIMES = 50;

/** How much quicker the other way must be to be used, as a fraction. */
const MARGIN = 0.95;

/** One thread or all of them. */
type Way = 'one' | 'all';

export class Choice {
  #used: Way = 'all';
  /** The way of the present calls. */
  way: Way = 'all';
  /** Milliseconds that an example took in the way that is used. */
  #usual = Infinity;
  #isWarm = false;
  #calls = 0;
  #time = 0;
  #examples = 0;
  #nextTry = 0;

  /** Counts a call that has ended at `now`, in milliseconds. */
  count(now: number, time: number, examples: number): void {
    if (time > LONG) {
      this.#used = 'all';
      if (this.way === 'one') this.#go('all');
      return;
    }
    this.#calls++;
    this.#time += time;
    this.#examples += examples;
    const isTry = this.way !== this.#used;
    const enough = !this.#isWarm ? WARM_UP : isTry ? TRIED : USED;
    if (this.#calls < enough.calls && this.#time < enough.time) return;
    const mean = this.#time / this.#examples;
    if (!this.#isWarm) {
      this.#restart(true);
    } else if (isTry) {
      if (mean < MARGIN * this.#usual) this.#used = this.way;
      this.#nextTry = now + Math.max(BETWEEN, TIMES * this.#time);
      this.#go(this.#used);
    } else {
      this.#usual = mean;
      if (now >= this.#nextTry) this.#go(this.way === 'all' ? 'one' : 'all');
      else this.#restart(true);
    }
  }

  #go(way: Way): void {
    this.way = way;
    this.#restart(false);
  }

  #restart(isWarm: boolean): void {
    this.#isWarm = isWarm;
    this.#calls = 0;
    this.#time = 0;
    this.#examples = 0;
  }
}

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
const TRIED = { calls: 32, time: 3 };
const WARM_UP = { calls: Infinity, time: 0.6 };

/**
 * How many milliseconds of calls come between two tries: more each time that the other way loses, and as many times
 * as long as a try took, so that those that lose cost less than a hundredth; after one that wins, which chance may
 * have decided, fewer.
 */
const BETWEEN = { least: 60, most: 480, lost: 240, won: 60 };

/** How much quicker the other way must be to be used, as a fraction. */
const MARGIN = 0.95;

/** By how much the way that is used must have become slower for a try to come early: the machine has changed. */
const SLOWER = 1.2;

/** One thread or all of them. */
type Way = 'one' | 'all';

export class Choice {
  #used: Way = 'all';
  /** The way of the present calls. */
  way: Way = 'all';
  /** Milliseconds that an example took in the way that is used: of late, and at best since the last try. */
  #usual = Infinity;
  #best = Infinity;
  #isWarm = false;
  #calls = 0;
  #time = 0;
  #examples = 0;
  /** Milliseconds of calls since the last try, and how many there are to be. */
  #since = 0;
  #between = 0;
  #wait: number = BETWEEN.least;

  /** Counts a call, which took so many milliseconds. */
  count(time: number, examples: number): void {
    this.#since += time;
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
      const wins = mean < MARGIN * this.#usual;
      if (wins) this.#used = this.way;
      this.#wait = wins ? BETWEEN.least : Math.min(2 * this.#wait, BETWEEN.most);
      this.#between = Math.max(this.#wait, BETWEEN[wins ? 'won' : 'lost'] * this.#time);
      this.#since = 0;
      this.#best = Infinity;
      this.#go(this.#used);
    } else {
      this.#usual = mean;
      this.#best = Math.min(this.#best, mean);
      const wait = mean > SLOWER * this.#best ? this.#wait : this.#between;
      if (this.#since >= wait) this.#go(this.way === 'all' ? 'one' : 'all');
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

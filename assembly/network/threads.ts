/**
 * How threads share the work of a network. Each has an instance of the module on the same memory. What is
 * to be done is divided into parts, of which none needs another's results, and nothing is added up
 * across them: so neither how many parts there are nor who does which decides a bit.
 *
 * The leader, which is the host's thread, opens a phase, does parts of it until all have been taken, and
 * waits for those that helpers have taken. A helper that sleeps, or that the machine gives no time to,
 * takes none, and nobody waits for it.
 */
import { affineUnits } from './dense';
import { countPart, loadPart } from './examples';
import { Network, Task, Team, THREADS } from './memory';
import {
  addGradients,
  evaluateExamples,
  predictExamples,
  sumGradients,
  trainExamples,
} from './passes';
import { updateInputs } from './updates';

/** How often a thread looks before it sleeps: some thirty microseconds. */
const SPINS = 100000;

/** How long the leader sleeps at a time, and a helper before it leaves, in nanoseconds. */
const LEADER_SLEEP: i64 = 100000000;
const HELPER_SLEEP: i64 = 200000000;

/** What `atomic.wait` returns where nothing has happened for so long. */
const TIMED_OUT = 2;

/** How many products are worth a thread. */
const GRAIN = 65536;

/**
 * Words of a team's memory behind its record, in cache lines of their own: how many parts of the phase are
 * done, and whether the leader sleeps until there are more; then for each part, whether it is taken.
 */
const DONE: usize = 64;
const LEADER_SLEEPS: usize = 68;
const CLAIMS: usize = 128;
/** Behind a part's claim: whether the thread of that number is there. */
const PRESENT: usize = 4;

/** How many bytes the team of so many threads takes. */
export function teamBytes(threads: i32): i32 {
  return <i32>CLAIMS + 64 * threads;
}

/**
 * Whether each thread takes a tile of so many examples, or more: then nobody reads what another wrote. With `all`
 * each takes as many as the others, one after another, and no thread waits between.
 */
export function takeTiles(network: Network, examples: i32, all: bool): bool {
  if (!THREADS || !network.hasTiles || network.active == 1) return false;
  const tile = network.tile;
  let parts = network.threads;
  if (network.hasImages) {
    // Their layers are never divided otherwise.
    parts = min(parts, (examples + tile - 1) / tile);
    if (parts == 1) return false;
  } else if (examples < parts * tile) {
    return false;
  }
  network.m = all ? examples : min(parts * tile, examples);
  network.divided = parts;
  network.wholeTiles = true;
  return true;
}

/** In how many parts to do what takes so many products. */
export function setParts(network: Network, products: f64): void {
  if (!THREADS) return;
  network.wholeTiles = false;
  network.divided = <i32>max(1, min(<f64>network.active, products / GRAIN));
}

/** Does all parts of a task, and returns when they are done. */
export function run(network: Network, task: Task): void {
  const parts = network.parts;
  if (!THREADS || parts == 1) {
    doPart(network, task, 0);
    return;
  }
  const team = changetype<usize>(network.team);
  network.task = task;
  // All parts of the last phase are done, so nobody else writes these.
  const phase = network.team.phase + 1;
  store<i32>(team, 0, DONE);
  store<i32>(team, 0, LEADER_SLEEPS);
  for (let part = 0; part < parts; part++) store<u32>(claimOf(team, part), 2 * phase);
  atomic.store<u32>(team, phase, offsetof<Team>('phase'));
  const sleepers = atomic.load<i32>(team, offsetof<Team>('sleepers'));
  const missing = min(network.team.awake, parts - 1) - (network.team.present - sleepers);
  if (sleepers > 0 && missing > 0) wake(team + offsetof<Team>('phase'), missing);
  doParts(network, 0, phase);
  let spins = SPINS;
  let sleeps = 0;
  for (;;) {
    const done = atomic.load<i32>(team, DONE);
    if (done == parts) return;
    if (--spins > 0) continue;
    if (network.team.failed || sleeps > network.team.patience) unreachable();
    atomic.store<i32>(team, 1, LEADER_SLEEPS);
    if (sleep(team + DONE, done, LEADER_SLEEP) == TIMED_OUT) sleeps++;
  }
}

/** Does the parts of a phase that nobody has taken, the thread's own first. */
function doParts(network: Network, thread: i32, phase: u32): void {
  const team = changetype<usize>(network.team);
  const parts = network.parts;
  // Where a part was open, or taken, in another phase, there is another number.
  const open = 2 * phase;
  for (let i = 0; i < parts; i++) {
    const part = (thread + i) % parts;
    if (atomic.cmpxchg<u32>(claimOf(team, part), open, open + 1) != open) continue;
    doPart(network, network.task, part);
    atomic.add<i32>(team, 1, DONE);
    if (atomic.load<i32>(team, LEADER_SLEEPS) != 0) wake(team + DONE, 1);
  }
}

function doPart(network: Network, task: Task, part: i32): void {
  const workspace = network.workspaceOf(part);
  switch (task) {
    case Task.Count:
      countPart(network, workspace, part);
      break;
    case Task.Load:
      if (THREADS) loadPart(network, workspace, part);
      break;
    case Task.Units:
      if (THREADS) affineUnits(network, part);
      break;
    case Task.Evaluate:
      evaluateExamples(network, workspace, part);
      break;
    case Task.Predict:
      predictExamples(network, workspace, part);
      break;
    case Task.Train:
      trainExamples(network, workspace, part);
      break;
    case Task.Gradients:
      sumGradients(network, workspace, part);
      break;
    case Task.Add:
      if (THREADS) addGradients(network, part);
      break;
    default:
      updateInputs(network, workspace, part);
  }
}

/**
 * Sleeps until a word is no longer as expected, somebody wakes the thread, or so many nanoseconds have gone.
 *
 * A function of its own, as is `wake`, and not inlined: in Node 20 V8's first compiler forgets the
 * locals that are in registers when it calls these operations.
 */
function sleep(word: usize, expected: i32, nanoseconds: i64): i32 {
  return atomic.wait<i32>(word, expected, nanoseconds);
}

/** Wakes so many of those who sleep at a word. */
function wake(word: usize, count: i32): void {
  atomic.notify(word, count);
}

function claimOf(team: usize, part: i32): usize {
  return team + CLAIMS + ((<usize>part) << 6);
}

/**
 * What a helper does: its parts of one phase after another, until the session is another one or there
 * has been nothing to do for a while.
 */
export function serve(network: Network, thread: i32, session: u32): void {
  const team = changetype<usize>(network.team);
  atomic.add<i32>(team, 1, offsetof<Team>('present'));
  atomic.store<u32>(claimOf(team, thread), 1, PRESENT);
  let seen: u32 = 0;
  let slept = 0;
  while (slept != TIMED_OUT && atomic.load<u32>(team, offsetof<Team>('session')) == session) {
    const phase = atomic.load<u32>(team, offsetof<Team>('phase'));
    if (phase != seen) {
      seen = phase;
      doParts(network, thread, phase);
    }
    let spins = SPINS;
    while (atomic.load<u32>(team, offsetof<Team>('phase')) == seen && --spins > 0) {}
    if (spins > 0) continue;
    atomic.add<i32>(team, 1, offsetof<Team>('sleepers'));
    slept = sleep(team + offsetof<Team>('phase'), seen, HELPER_SLEEP);
    atomic.sub<i32>(team, 1, offsetof<Team>('sleepers'));
  }
  atomic.store<u32>(claimOf(team, thread), 0, PRESENT);
  atomic.sub<i32>(team, 1, offsetof<Team>('present'));
}

/**
 * Says how many helpers are worth waking, and how long the leader waits for a part, in tenths of a second,
 * until it concludes that the helper has ended.
 */
export function setTeam(network: Network, awake: i32, patience: i32): void {
  network.team.awake = awake;
  network.team.patience = patience;
}

/** Says how many threads are to be used from now on: 1, or all that there are. */
export function setActive(network: Network, threads: i32): void {
  network.active = threads;
}

/** Says that a helper has ended in the middle of its part: whoever waits for it traps. */
export function fail(network: Network): void {
  const team = changetype<usize>(network.team);
  atomic.store<u32>(team, 1, offsetof<Team>('failed'));
  wake(team + DONE, 1);
}

/** Whether a helper's thread is in `serve`. */
export function isPresent(network: Network, thread: i32): bool {
  return atomic.load<u32>(claimOf(changetype<usize>(network.team), thread), PRESENT) != 0;
}

/** How many helpers are. */
export function presentCount(network: Network): i32 {
  return network.team.present;
}

/** The session of helpers that are wanted. */
export function sessionOf(network: Network): u32 {
  return network.team.session;
}

/** Lets the helpers go. */
export function dismiss(network: Network): void {
  const team = changetype<usize>(network.team);
  atomic.add<u32>(team, 1, offsetof<Team>('session'));
  wake(team + offsetof<Team>('phase'), -1);
}

import type { Evaluation, FitOptions, LayerParameters, Network } from 'relumax/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Split } from '../../playground/data/split.ts';

vi.stubGlobal('location', { search: '?lang=en' });
vi.stubGlobal('navigator', { languages: [] });
const { Run } = await import('../../playground/run/run.ts');
const { DEFAULTS } = await import('../../playground/settings/settings.ts');

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** As long as an answer of the network takes, in milliseconds; a frame takes 16. */
const ANSWER = 50;

/** A network whose parameters, activations and loss are the number of its updates. */
class CountingNetwork {
  updates = 0;
  #options: FitOptions | undefined;
  #end: (() => void) | undefined;

  fit(_: unknown, options: FitOptions): Promise<void> {
    this.#options = options;
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  update(): void {
    this.updates++;
    const step = this.updates;
    void this.#options!.onBatch!({ epoch: 1, step, steps: 10, loss: step, accuracy: 0 } as never);
  }

  end(): void {
    this.#end!();
  }

  dispose() {}

  parameters = () => this.#later([{ weights: Float32Array.of(this.updates) }] as LayerParameters[]);
  activations = () => this.#later([Float32Array.of(this.updates)]);
  evaluate = () => this.#later({ loss: this.updates, accuracy: 0 } as Evaluation);

  /** Answers are of the moment of the question, as a worker's that is asked between two updates. */
  #later<T>(answer: T): Promise<T> {
    return new Promise((resolve) => setTimeout(() => resolve(answer), ANSWER));
  }
}

/** Moments between two frames, and while answers are awaited. */
const WAITS = Array.from({ length: 24 }, (_, i) => 5 * i);

/** What was seen: whether training went on, and the updates by which each part of the view is. */
interface Seen {
  readonly state: string;
  readonly counts: readonly number[];
}

function begun() {
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => setTimeout(frame, 16));
  const network = new CountingNetwork();
  const seen: Seen[] = [];
  const run = new Run(
    network as unknown as Network,
    {} as Split,
    DEFAULTS,
    { speed: Number.POSITIVE_INFINITY, shown: new Float32Array(1) },
    {
      state() {},
      view({ parameters, evaluation, activations, updates }) {
        const counts = [parameters[0]!.weights[0]!, evaluation.loss, activations[0]![0]!, updates];
        seen.push({ state: run.state, counts });
      },
    },
  );
  return { network, run, seen };
}

/** Those that were seen while nothing was training. */
const atRest = (seen: Seen[]) => seen.filter(({ state }) => state !== 'running');

test.each(WAITS)(
  'what is shown of a network that has finished after %i ms is of its last update',
  async (wait) => {
    const { network, run, seen } = begun();
    run.start();
    for (let i = 0; i < 4; i++) {
      network.update();
      await vi.advanceTimersByTimeAsync(45);
    }
    network.update();
    await vi.advanceTimersByTimeAsync(wait);
    network.update();
    network.end();
    await vi.advanceTimersByTimeAsync(1000);
    expect(run.state).toBe('finished');
    expect(seen.some(({ state }) => state === 'running')).toBe(true);
    const last = atRest(seen);
    expect(last.length).toBeGreaterThan(0);
    for (const view of last) expect(view).toEqual({ state: 'finished', counts: [6, 6, 6, 6] });
    run.dispose();
  },
);

test.each(WAITS)(
  'what is shown of a network that stands is of one update, %i ms after the last',
  async (wait) => {
    const { network, run, seen } = begun();
    await vi.advanceTimersByTimeAsync(200);
    network.update();
    await vi.advanceTimersByTimeAsync(wait);
    network.update();
    await vi.advanceTimersByTimeAsync(1000);
    for (const { counts } of seen) expect(new Set(counts).size, counts.join(' ')).toBe(1);
    expect(seen.at(-1)!.counts[0]).toBe(2);
    run.dispose();
  },
);

test('an example that is drawn is shown while it is drawn', async () => {
  const { run, seen } = begun();
  await vi.advanceTimersByTimeAsync(200);
  const before = seen.length;
  for (let i = 0; i < 100; i++) {
    run.show(new Float32Array(1));
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(seen.length - before).toBeGreaterThan(8);
  run.dispose();
});

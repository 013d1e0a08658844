/** Compares WebAssembly and plain JavaScript in this browser. */
import { type Dataset, Network } from 'relumax/worker';
import { wordsOf } from '../page/page.ts';
import { text } from '../texts/languages.ts';
import { count, decimal } from '../texts/words.ts';
import type { Job, Report, Trainer } from './benchmark-worker.ts';

const WORKS = [
  { layers: [784, 10, 10], batchSize: 64 },
  { layers: [784, 128, 10], batchSize: 128 },
] as const;

const TRAINERS = ['relumax', 'skipping', 'twin'] as const satisfies readonly Trainer[];

/** The heads of the columns of results. */
const HEADS = ['trainedBy', 'epoch', 'images', 'times'] as const;

/** How long each trains, in milliseconds. */
const TIME = 1500;

export class Benchmark {
  readonly #button: HTMLButtonElement;
  readonly #status: HTMLElement;
  readonly #results: HTMLElement;
  readonly #digits: Job['digits'];

  /** @param onBegin called before it begins: nothing else should run then */
  constructor(
    hosts: { button: HTMLButtonElement; status: HTMLElement; results: HTMLElement },
    { inputs, labels, classes }: Dataset,
    onBegin: () => void,
  ) {
    this.#button = hosts.button;
    this.#status = hosts.status;
    this.#results = hosts.results;
    this.#digits = { inputs, labels, classes };
    this.#button.addEventListener('click', async () => {
      onBegin();
      this.#button.disabled = true;
      try {
        await this.#run();
      } catch (error) {
        const reason = wordsOf(error);
        this.#status.textContent = text('benchmark.failed', { reason });
      }
      this.#button.disabled = false;
    });
  }

  async #run(): Promise<void> {
    this.#results.replaceChildren();
    for (const work of WORKS) {
      const name = text('benchmark.work', { layers: work.layers.join('-'), size: work.batchSize });
      const network = await Network.create({ layers: work.layers, seed: 1 });
      const parameters = await network.parameters();
      network.dispose();
      const times = new Map<Trainer, { milliseconds: number; examples: number }>();
      for (const trainer of TRAINERS) {
        const who = text(`benchmark.trainer.${trainer}`);
        this.#status.textContent = text('benchmark.running', { work: name, trainer: who });
        const settings = { ...work, learningRate: 0.01, time: TIME };
        const job: Job = { ...settings, trainer, parameters, digits: this.#digits };
        times.set(trainer, await measured(job));
      }
      this.#results.append(figureOf(name, times));
    }
    this.#status.textContent = text('benchmark.done');
  }
}

/** The median epoch, in a new worker: trainers in one engine slow each other down. */
function measured(job: Job): Promise<{ milliseconds: number; examples: number }> {
  const worker = new Worker(new URL('./benchmark-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<{ milliseconds: number; examples: number }>((resolve, reject) => {
    const times: number[] = [];
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      times.push(data.milliseconds);
      if (!data.done) return;
      times.sort((a, b) => a - b);
      resolve({ milliseconds: times[times.length >> 1]!, examples: data.examples });
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}

function figureOf(
  work: string,
  times: ReadonlyMap<Trainer, { milliseconds: number; examples: number }>,
): HTMLElement {
  const own = times.get('relumax')!.milliseconds;
  const slowest = Math.max(...[...times.values()].map(({ milliseconds }) => milliseconds));
  const table = document.createElement('table');
  table.className = 'timings';
  const caption = document.createElement('caption');
  caption.textContent = work;
  table.append(caption);
  const heads = table.createTHead().insertRow();
  for (const head of HEADS) heads.append(headOf(text(`benchmark.${head}`), 'col'));
  const body = table.createTBody();
  for (const trainer of TRAINERS) {
    const { milliseconds, examples } = times.get(trainer)!;
    const row = body.insertRow();
    row.append(headOf(text(`benchmark.trainer.${trainer}`), 'row'));
    const bar = document.createElement('span');
    bar.className = 'time';
    bar.style.setProperty('--share', String(milliseconds / slowest));
    bar.classList.toggle('own', trainer === 'relumax');
    row.insertCell().append(bar, `${inMilliseconds(milliseconds)} ms`);
    row.insertCell().textContent = count(Math.round((1000 * examples) / milliseconds));
    row.insertCell().textContent =
      trainer === 'relumax' ? '1' : `${decimal(milliseconds / own, 1)} ×`;
  }
  return table;
}

/** To three digits. */
function inMilliseconds(time: number): string {
  return time >= 100 ? count(time) : decimal(time, time >= 10 ? 1 : 2);
}

function headOf(words: string, scope: 'row' | 'col'): HTMLElement {
  const head = document.createElement('th');
  head.scope = scope;
  head.textContent = words;
  return head;
}

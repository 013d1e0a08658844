/** The playground: what is on the page, and what it does to the run. */
import { loadDigits, Network, type Normalization, startWorker } from 'relumax/worker';
import { Benchmark } from './benchmark.ts';
import { Curve } from './curves.ts';
import { Sheet } from './drawing.ts';
import { Equations } from './equations.ts';
import { type Example, exampleOf, inkOf, valuesOf } from './example.ts';
import { type Data, handOut, materialOf, readFiles } from './files.ts';
import { parametersHash } from './hash.ts';
import { HeldOutView } from './held-out-view.ts';
import { NetworkView } from './network-view.ts';
import { drawInk, drawOnPaper, drawSigned, pictureOf, shapeOf } from './pictures.ts';
import { type Material, Run, type State, type View } from './run.ts';
import {
  commandOf,
  type DataOptions,
  DEFAULTS,
  queryOf,
  SettingError,
  type Settings,
  settingsFromQuery,
} from './settings.ts';
import { SettingsForm } from './settings-form.ts';
import { showTabs } from './tabs.ts';
import { count, percent, short } from './words.ts';
import { evidence, workedExample } from './worked-example.ts';

/** How long what is costly to show may lag behind, in milliseconds. */
const LAG = 500;

const $ = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;

/** All networks of the page live in one worker, so that the data go there once. */
const worker = startWorker();

const digits = await loadDigits();
let data: Data = { all: digits, standardized: false };
/** The data that were brought; undefined: the bundled digits. */
let brought: { name: string; options: DataOptions } | undefined;
let material: Material;
let classNames: string[] = [];
/** What the run's network standardises. */
let normalization: Normalization | undefined;
let run: Run | undefined;
/** The file that the run began from, if it began from one: then no link repeats it. */
let origin: string | undefined;
let example: Example;
/** Which held-out example comes next. */
let next = 0;
/** The class whose evidence is shown; undefined: the network's answer. */
let chosen: number | undefined;
let latest: View | undefined;
let detailsShown = 0;
/** The parameters whose hash, and whose mistakes, were shown last. */
let hashed: View['parameters'] | undefined;
let judged: View['parameters'] | undefined;

const sheet = new Sheet($('sheet'), {
  drawing(digit) {
    show({ inputs: digit, label: undefined });
  },
  drawn() {
    announce = true;
    // Looked at once more, for the answer to the last bit of the stroke may be there already.
    run?.show(example.inputs);
  },
  pen(place, down) {
    const pen = $('pen');
    pen.hidden = place === undefined;
    pen.classList.toggle('down', down);
    if (place) pen.style.inset = `${100 * place.y}% auto auto ${100 * place.x}%`;
  },
});
/** Whether the next answer is to be read out. */
let announce = false;

const networkView = new NetworkView(
  {
    title: $('units-title'),
    next: $('next'),
    units: $('units'),
    matrices: $('matrices'),
    bars: $('bars'),
  },
  (label) => {
    chosen = chosen === label ? undefined : label;
    if (latest) showExample(latest);
  },
);
const heldOutView = new HeldOutView(
  { matrix: $('confusion'), mistakes: $('mistakes'), dialog: $('behind') },
  () => probabilitiesOf(run!),
  (number) => {
    showHeldOut(number);
    $('network').scrollIntoView({ behavior: 'smooth', block: 'nearest' });
  },
);
const equations = new Equations($('equations'));
const form = new SettingsForm($('settings'), $('settings-message'), (settings) => {
  void begin(settings);
});
const curves = {
  loss: new Curve($('loss-curve'), false),
  accuracy: new Curve($('accuracy-curve'), true),
};

/** Begins a run, and lets it go. */
async function begin(settings: Settings): Promise<void> {
  const { layers, seed } = settings;
  const { normalize } = materialFor(seed);
  const network = await Network.create({ layers, seed, worker, ...(normalize && { normalize }) });
  origin = undefined;
  history.replaceState(null, '', queryOf(settings) + location.hash);
  replaceRun(network, settings);
  run!.start();
}

/** Turns to another network, which has not been trained here yet. */
function replaceRun(network: Network, settings: Settings): void {
  run?.dispose();
  material = materialFor(settings.seed);
  const { test } = material;
  classNames = [...(test.classNames ?? Array.from({ length: test.classes }, (_, i) => String(i)))];
  form.show(settings);
  networkView.fit(settings.layers, classNames);
  normalization = network.normalization;
  heldOutView.fit(test, classNames, normalization);
  curves.loss.clear(settings.epochs);
  curves.accuracy.clear(settings.epochs);
  $('held-out-count').textContent = count(test.length);
  latest = undefined;
  chosen = undefined;
  // A drawing stays, an example gives way to one of the new data.
  if (
    example === undefined ||
    example.label !== undefined ||
    example.inputs.length !== test.features
  ) {
    showHeldOut(0);
  }
  run = new Run(
    network,
    material,
    settings,
    { speed: Number($<HTMLSelectElement>('speed').value), shown: example.inputs },
    { state: showState, view: showView },
  );
  showState('paused');
}

let materialSeed: number | undefined;
/** The examples, split anew only where the seed or the data are others. */
function materialFor(seed: number): Material {
  if (materialSeed !== seed) material = materialOf(data, seed);
  materialSeed = seed;
  return material;
}

/** Shows the network an example. */
function show(shown: Example): void {
  example = shown;
  run?.show(shown.inputs);
}

/** Shows the network a held-out example, and puts it on the sheet. */
function showHeldOut(number: number): void {
  next = (number + 1) % material.test.length;
  announce = run !== undefined;
  show(exampleOf(material.test, number));
  const { inputs } = example;
  const { width, height } = shapeOf(inputs.length);
  const picture = pictureOf(width, height);
  drawOnPaper(picture, ...inkOf(inputs, normalization));
  sheet.show(picture);
}

function showState(state: State, error?: unknown): void {
  document.body.dataset.state = state;
  const start = $<HTMLButtonElement>('start');
  start.textContent = state === 'running' ? 'Pause' : 'Train';
  start.disabled = state === 'finished' || state === 'failed';
  $<HTMLButtonElement>('step').disabled = start.disabled;
  $('failure').textContent =
    state === 'failed' ? `${error instanceof Error ? error.message : error}` : '';
  showOrigin();
}

function showView(view: View): void {
  latest = view;
  const { settings } = run!;
  const { evaluation, epoch, updates, training } = view;
  $('accuracy').textContent = percent(evaluation.accuracy);
  const progress = $<HTMLProgressElement>('progress');
  progress.max = settings.epochs;
  progress.value = epoch;
  $('progress-words').textContent =
    `Epoch ${epoch.toFixed(1)} of ${settings.epochs}, ${count(updates)} updates`;
  const point = (value: 'loss' | 'accuracy') => ({
    epoch,
    training: training?.[value] ?? Number.NaN,
    heldOut: evaluation[value],
  });
  curves.loss.add(point('loss'));
  curves.accuracy.add(point('accuracy'));
  $('loss-now').textContent = short(evaluation.loss);
  $('accuracy-now').textContent = percent(evaluation.accuracy);
  networkView.parameters(view.parameters);
  heldOutView.evaluation(evaluation);
  showExample(view);
  if (run!.state !== 'running' || performance.now() - detailsShown > LAG) {
    detailsShown = performance.now();
    void showDetails(view);
  }
}

/** What the network makes of the example. */
function showExample({ parameters, shown, activations }: View): void {
  const { inputs, label } = example;
  const probabilities = activations.at(-1)!;
  const answer = probabilities.indexOf(Math.max(...probabilities));
  const spokenFor = chosen ?? answer;
  networkView.activations(activations, spokenFor, label);
  const values = valuesOf(inputs, normalization);
  drawInk(picture('preview'), ...inkOf(inputs, normalization));
  drawSigned(picture('evidence'), evidence(parameters, activations, values, spokenFor));
  $('evidence-class').textContent = classNames[spokenFor]!;
  const words = `${classNames[answer]} with ${percent(probabilities[answer]!, 0)}`;
  const empty = values.every((value) => value === 0);
  $('answer').textContent = empty ? 'Draw a digit' : `Read as ${words}`;
  $('truth').textContent =
    label === undefined ? '' : label === answer ? 'and so it is' : `but it is ${classNames[label]}`;
  // Not the answer to what the stroke was before its end.
  if (announce && !empty && shown === inputs) {
    announce = false;
    $('spoken').textContent = `Read as ${words}`;
  }
}

/** What is costly to show, or changes too fast to be read. */
async function showDetails({ parameters, activations }: View): Promise<void> {
  const seen = run!;
  const { settings } = seen;
  const values = valuesOf(example.inputs, normalization);
  equations.show({
    sizes: settings.layers,
    examples: Math.min(settings.batch, material.train.length),
    optimizer: settings.optimizer,
    rate: settings.rate,
    inputs: values,
    label: example.label,
    layers: workedExample(parameters, activations, values, example.label),
  });
  if (seen.state === 'running') $('hash').textContent = 'when it pauses';
  else if (parameters !== hashed) {
    hashed = parameters;
    const hash = (await parametersHash(parameters)) ?? 'not on this page: it needs HTTPS';
    if (parameters === hashed) $('hash').textContent = hash;
  }
  if (parameters === judged) return;
  judged = parameters;
  try {
    const probabilities = await probabilitiesOf(seen);
    if (seen === run) heldOutView.predictions(probabilities);
  } catch (error) {
    // Another run may have taken this one's place; or its numbers run away, as its next update will say.
    if (seen === run && !(error instanceof RangeError)) throw error;
  }
}

/** Of all held-out examples. */
async function probabilitiesOf({ network }: Run): Promise<Float32Array> {
  // Float64 would be numbers in the unit of targets.
  return (await network.predict(material.test.inputs)) as Float32Array;
}

/** How the run can be had again. */
function showOrigin(): void {
  const repeatable = origin === undefined;
  const { settings } = run!;
  $('command').textContent = repeatable
    ? commandOf(settings, brought?.options)
    : `This run began from ${origin}, so there is no command that repeats it.`;
  $<HTMLButtonElement>('copy-command').disabled = !repeatable;
  $<HTMLButtonElement>('copy-link').disabled = !repeatable || brought !== undefined;
  $('data-name').textContent = brought?.name ?? 'the 10,000 bundled digits';
}

/** A picture of the inputs, of their size. */
function picture(id: string): HTMLCanvasElement {
  const canvas = $<HTMLCanvasElement>(id);
  const { width, height } = shapeOf(example.inputs.length);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return canvas;
}

/** Takes what somebody brought. */
async function bring(files: readonly File[]): Promise<void> {
  const message = $('files-message');
  message.textContent = '';
  message.className = '';
  try {
    const read = await readFiles(files);
    if (read.kind === 'model') {
      const network = await Network.load(read.bytes, { worker });
      const { train } = material;
      const layers = network.layers;
      if (layers[0] !== train.features || layers.at(-1) !== train.classes) {
        network.dispose();
        const expected = `${train.features} inputs and ${train.classes} classes, as the data have`;
        throw new RangeError(`${read.name}: found ${layers.join('-')}, expected ${expected}`);
      }
      const { hidden, output } = network;
      if (hidden !== 'relu' || output !== 'softmax') {
        network.dispose();
        const expected = 'relu and softmax, which this page explains';
        throw new RangeError(`${read.name}: found ${hidden} and ${output}, expected ${expected}`);
      }
      origin = read.name;
      replaceRun(network, { ...run!.settings, layers });
      message.textContent = `${read.name} is loaded: ${layers.join('-')}. Train goes on from there.`;
    } else {
      data = read.data;
      brought = read;
      materialSeed = undefined;
      const { settings } = run!;
      const { train } = materialFor(settings.seed);
      const hidden = settings.layers.slice(1, -1);
      await begin({ ...settings, layers: [train.features, ...hidden, train.classes] });
      const parts = `${count(train.length)} training examples, ${count(material.test.length)} held out.`;
      const notes = read.notes?.map((note) => ` ${read.name}, ${note}.`) ?? [];
      message.textContent = `${read.name}: ${parts}${notes.join('')}`;
    }
  } catch (error) {
    message.className = 'wrong';
    message.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** Puts text on the clipboard, and says so on the button. */
async function copy(button: HTMLButtonElement, text: string): Promise<void> {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'The browser forbids it';
  }
  setTimeout(() => {
    button.textContent = words;
  }, 1500);
}

const { features, classes } = digits;
try {
  await begin(settingsFromQuery(location.search, { features, classes }));
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  await begin(DEFAULTS);
  $('settings-message').textContent = `The address asks for what cannot be. ${error.message}.`;
}
$('start').addEventListener('click', () => {
  if (run!.state === 'running') run!.pause();
  else run!.start();
});
$('step').addEventListener('click', () => run!.step());
$('reset').addEventListener('click', () => void begin(run!.settings));
$('speed').addEventListener('change', () => {
  run!.speed = Number($<HTMLSelectElement>('speed').value);
});
$('clear').addEventListener('click', () => sheet.clear());
$('another').addEventListener('click', () => showHeldOut(next));
$('copy-command').addEventListener('click', ({ currentTarget }) =>
  copy(currentTarget as HTMLButtonElement, $('command').textContent),
);
$('copy-link').addEventListener('click', ({ currentTarget }) =>
  copy(currentTarget as HTMLButtonElement, location.href),
);
$('save').addEventListener('click', async () => {
  const { layers } = run!.settings;
  handOut(`${layers.join('-')}.safetensors`, await run!.network.save());
});
$('choose').addEventListener('click', () => $('files').click());
$('files').addEventListener('change', async () => {
  const input = $<HTMLInputElement>('files');
  await bring([...(input.files ?? [])]);
  // The same file may be chosen again.
  input.value = '';
});
window.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
window.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('dropping');
});
window.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  const files = [...(event.dataTransfer?.files ?? [])];
  if (files.length > 0) void bring(files);
});
new Benchmark(
  { button: $('bench'), status: $('bench-status'), results: $('bench-results') },
  digits,
  () => run!.pause(),
);
showTabs($('tabs'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  if (latest) showView(latest);
});

document.querySelector('main')!.inert = false;
if (import.meta.env.PROD) await navigator.serviceWorker?.register('./service-worker.js');

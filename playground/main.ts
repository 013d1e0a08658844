/** The playground: what is on the page, and what it does to the run. */
import { loadDigits, Network, type Normalization, type Outputs, startWorker } from 'relumax/worker';
import { oneLine } from '../src/cli/terminal/safe-text.ts';
import { checkedArchitecture } from '../src/core/architecture.ts';
import { classAnswer, numberAnswer } from './answer.ts';
import { Benchmark } from './benchmark.ts';
import { Curve } from './curves.ts';
import { DeadUnitsView } from './dead-units-view.ts';
import { Sheet } from './drawing.ts';
import { Equations } from './equations.ts';
import { type Example, exampleOf, inkOf, valuesOf } from './example.ts';
import {
  type BroughtData,
  type BroughtModel,
  type Data,
  dataOf,
  divided,
  handOut,
  readFiles,
} from './files.ts';
import { parametersHash } from './hash.ts';
import { HeldOutView } from './held-out-view.ts';
import { followMenu } from './language-menu.ts';
import { NetworkView } from './network-view.ts';
import { Comparison } from './overlay/comparison.ts';
import { showParts } from './parts.ts';
import { drawInk, drawOnPaper, drawSigned, pictureOf, shapeOf } from './pictures.ts';
import { Projector } from './projector.ts';
import { Run, type Split, type State, type View } from './run.ts';
import {
  commandOf,
  type DataOptions,
  DEFAULTS,
  fittingSettings,
  otherSettings,
  queryOf,
  type Settings,
  settingsFromQuery,
} from './settings.ts';
import { SettingsForm } from './settings-form.ts';
import type { Choices, OpenTable } from './table/open-table.ts';
import type { TableView } from './table/table-view.ts';
import { openTab, showTabs } from './tabs.ts';
import { fillTexts } from './texts/fill.ts';
import { language, text, withLanguage } from './texts/languages.ts';
import { LANGUAGES } from './texts/tables.ts';
import type { Tour } from './tour/tour.ts';
import { count, decimal, named, percent, short } from './words.ts';
import { evidence, workedExample } from './worked-example.ts';

if (language !== 'en') fillTexts(document, LANGUAGES[language].texts);
document.documentElement.lang = language;
document.documentElement.dataset.filled = '';

/** How often slow parts of the page are updated, in milliseconds. */
const LAG = 500;

const $ = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;

followMenu($('language'));

/** The data to train on. */
interface Source {
  readonly data: Data;
  readonly name: string;
  /** Options of the command that name the data. */
  readonly options: DataOptions;
  /** Whether a link can name it. */
  readonly isBundled: boolean;
  /** The table that the data are, if they are one. */
  readonly table?: OpenTable | undefined;
}

/** Shows text that may contain names from files. */
function say(element: HTMLElement, words: string): void {
  element.textContent = oneLine(words);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Shows an error that no other part of the page shows. */
function tell(error: unknown): void {
  const isUnusable = document.querySelector('main')!.inert;
  const words = wordsOf(error);
  $('loading').hidden = true;
  say($('page-message'), isUnusable ? text('page.unusable', { reason: words }) : words);
}
// Reports by browsers and their extensions come without an error object.
window.addEventListener('error', ({ error }) => error && tell(error));
window.addEventListener('unhandledrejection', ({ reason }) => tell(reason));

/** All networks of the page are in one worker, so the data are sent once. */
let worker = heardWorker();
/** Whether it has failed, perhaps before it had a network. */
let isWorkerLost = false;

function heardWorker(): Worker {
  const started = startWorker();
  started.addEventListener('error', () => {
    isWorkerLost ||= started === worker;
  });
  return started;
}

function replaceWorker(): void {
  worker.terminate();
  worker = heardWorker();
  isWorkerLost = false;
}

const digits = await loadDigits();
let source: Source = {
  data: divided(digits),
  name: text('data.digits'),
  options: [],
  isBundled: true,
};
let split: Split;
let classNames: string[] = [];
/** The parts for tables, once there was one. */
let tableView: TableView | undefined;
/** Means and standard deviations of the run's network. */
let normalization: Normalization | undefined;
let run: Run | undefined;
/** The model file that the run began from, if any: then no link repeats it. */
let origin: string | undefined;
let example: Example;
/** Which held-out example comes next. */
let next = 0;
/** The class whose evidence is shown; undefined: the predicted one. */
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
    // Shown once more: the prediction for the end of the stroke may be there already.
    run?.show(example.inputs);
  },
  pen(place, down) {
    const pen = $('pen');
    pen.hidden = place === undefined;
    pen.classList.toggle('down', down);
    if (place) pen.style.inset = `${100 * place.y}% auto auto ${100 * place.x}%`;
  },
});
/** Whether to announce the next prediction to screen readers. */
let announce = false;

const networkView = new NetworkView(
  {
    title: $('units-title'),
    next: $('next'),
    units: $('units'),
    unitsCaption: $('units-caption'),
    layers: $('layers'),
    layersCaption: $('layers-caption'),
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
  async () => (await predictions()) as Float32Array | undefined,
  showExampleAbove,
);
const deadUnitsView = new DeadUnitsView($('dead-units'), (layers) => networkView.dead(layers));
const equations = new Equations($('equations'));
const form = new SettingsForm($('settings'), $('settings-message'), (settings) => begin(settings));
const curves = {
  loss: new Curve($('loss-curve')),
  score: new Curve($('accuracy-curve')),
};
const comparison = new Comparison(
  { ...curves, legends: document.querySelectorAll<HTMLElement>('.overlaid') },
  showAddress,
);
const projector = new Projector(
  { toggle: $('projector'), full: $('full'), units: document.querySelector('.hidden-units')! },
  () => {
    openTab('learn');
    showAddress();
  },
);

/** How many networks have been requested. */
let asked = 0;

/**
 * Waits for a network and passes it to `take`, unless another was requested meanwhile.
 *
 * @returns whether it was taken
 * @throws Error if the network could not be created; nothing has changed then
 */
async function whenReady(
  network: Promise<Network>,
  take: (network: Network) => void,
): Promise<boolean> {
  const number = ++asked;
  const made = await network;
  if (number === asked) take(made);
  else made.dispose();
  return number === asked;
}

/** The error if something else was chosen while files were read. */
const TOO_LATE = new Error(text('data.tooLate'));

/**
 * Creates a run, and starts it.
 *
 * @param isStarted false: it stands at update 0
 * @returns false if another was requested meanwhile
 * @throws Error if the network could not be created; the previous run continues then
 */
async function begin(
  settings: Settings,
  from = source,
  { isStarted = true } = {},
): Promise<boolean> {
  // A model of a table brings its own preprocessing.
  const isSame = from === source && origin === undefined && settings.seed === run?.settings.seed;
  const examples = isSame ? split : from.data(settings.seed);
  const { features, outputs: classes } = examples.train;
  // Another seed may bring other categories to a table's training rows.
  const usual = from === source ? undefined : from.table?.defaultsFor(examples);
  const fitting = fittingSettings(settings, { features, classes }, usual);
  if (from.table) await showTables();
  return whenReady(createNetwork(fitting, examples), (network) => {
    [source, split, origin] = [from, examples, undefined];
    replaceRun(network, fitting);
    showAddress();
    if (isStarted) run!.start();
  });
}

/** The query that repeats the run, with the one that it is compared with. */
function ownQuery(): string {
  const other = source.isBundled ? comparison.settings : undefined;
  return withLanguage(queryOf(run!.settings, other));
}

function showAddress(): void {
  try {
    history.replaceState(null, '', projector.withView(ownQuery()) + location.hash);
  } catch {
    // Browsers may forbid or limit changes of the address. Copied links do not depend on it.
  }
}

/** Trains the run that a link brings besides its own, or says why not. */
async function bringOther(query: string): Promise<void> {
  const { settings } = run!;
  let other: Settings | undefined;
  try {
    other = otherSettings(query, settings, { features, classes });
  } catch (error) {
    const words = text('overlay.unusable', { error: wordsOf(error) });
    say($('settings-message'), words);
  }
  if (other === undefined) return;
  const examples = other.seed === settings.seed ? split : source.data(other.seed);
  const trained = comparison.bring(other, examples, createNetwork);
  showAddress();
  await trained;
}

/** Loads the parts for tables. */
async function showTables(): Promise<void> {
  const { TableView } = await import('./table/table-view.ts');
  tableView ??= new TableView({
    choices: chooseColumns,
    row: (inputs) => {
      announce = true;
      show({ inputs, label: undefined });
    },
    example: showExampleAbove,
  });
}

/** Reads the table again with what was chosen for its columns. */
async function chooseColumns(choices: Choices): Promise<void> {
  const message = $('columns-message');
  say(message, '');
  try {
    say($('files-message'), await bringData(dataOf(await source.table!.read(choices))));
  } catch (error) {
    if (error !== TOO_LATE) say(message, wordsOf(error));
  }
}

async function createNetwork(
  { architecture: { input, layers }, activation: hidden, seed }: Settings,
  { normalize, train }: Split,
): Promise<Network> {
  const given = {
    layers,
    hidden,
    ...(input && { input }),
    ...(normalize && { normalize }),
    ...(train.targets && { output: 'linear' as const }),
  };
  const create = () => Network.create({ ...given, seed, worker });
  if (isWorkerLost) replaceWorker();
  try {
    return await create();
  } catch (error) {
    if (!isWorkerLost) throw error;
    replaceWorker();
    return create();
  }
}

/** Replaces the run by that of another network. */
function replaceRun(network: Network, settings: Settings): void {
  comparison.next({ settings, origin, data: source }, latest?.updates ?? 0);
  run?.dispose();
  say($('page-message'), '');
  const { test, table } = split;
  const isNumber = test.targets !== undefined;
  const names = test.classNames ?? Array.from({ length: test.classes }, (_, i) => String(i));
  classNames = isNumber ? [] : names.map(oneLine);
  showParts({
    pictures: table === undefined,
    table: table !== undefined,
    classes: !isNumber,
    numbers: isNumber,
    dense: settings.architecture.input === undefined,
  });
  form.show(settings, table === undefined);
  networkView.fit(settings.architecture, classNames);
  deadUnitsView.clear();
  normalization = network.normalization;
  const rowName = table && ((i: number) => text('row.number', { number: table.records[i]! }));
  heldOutView.fit(test, classNames, normalization, rowName);
  // A row that was typed in stays, as far as the columns do.
  if (table) tableView!.show(source.table!, split);
  const { classes } = test;
  const guessing = { at: Math.log(classes), label: text('guessing.loss', { classes }) };
  curves.loss.clear('loss', settings.epochs, isNumber ? undefined : guessing);
  curves.score.clear(isNumber ? 'r2' : 'accuracy', settings.epochs);
  $('held-out-count').textContent = count(test.length);
  latest = undefined;
  chosen = undefined;
  showAgain();
  run = new Run(
    network,
    split,
    settings,
    { speed: Number($<HTMLSelectElement>('speed').value), shown: example.inputs },
    { state: showState, view: showView },
  );
  showState('paused');
}

/** Shows what was drawn, or typed in, for the new network, or else an example of the data. */
function showAgain(): void {
  const { test, table } = split;
  const own = example?.label === undefined ? example?.inputs : undefined;
  if (own === undefined || own instanceof Uint8Array === (table !== undefined)) showHeldOut(0);
  else if (table) show({ inputs: tableView!.inputs, label: undefined });
  else if (own.length !== test.features) showHeldOut(0);
}

/** Shows the network an example. */
function show(shown: Example): void {
  example = shown;
  run?.show(shown.inputs);
}

/** Shows the network a held-out example, and draws it on the sheet or fills it into the form. */
function showHeldOut(number: number): void {
  next = (number + 1) % split.test.length;
  announce = run !== undefined;
  show(exampleOf(split.test, number));
  if (split.table) {
    tableView!.fill(number);
    return;
  }
  const { inputs } = example;
  const { width, height } = shapeOf(inputs.length);
  const picture = pictureOf(width, height);
  drawOnPaper(picture, ...inkOf(inputs, normalization));
  sheet.show(picture);
}

/** Shows a held-out example that was chosen further below. */
function showExampleAbove(number: number): void {
  showHeldOut(number);
  $('network').scrollIntoView({ behavior: 'smooth', block: 'nearest' });
}

function showState(state: State, error?: unknown): void {
  document.body.dataset.state = state;
  const start = $<HTMLButtonElement>('start');
  start.textContent = text(state === 'running' ? 'training.pause' : 'training.start');
  start.disabled = state === 'finished' || state === 'failed';
  $<HTMLButtonElement>('step').disabled = start.disabled;
  say($('failure'), state === 'failed' ? wordsOf(error) : '');
  showOrigin();
}

function showView(view: View): void {
  const isEvaluated = view.evaluation !== latest?.evaluation;
  latest = view;
  const { settings } = run!;
  const { evaluation, epoch, updates, training } = view;
  const { loss, accuracy = Number.NaN, r2 } = evaluation;
  const [score, words] = r2 ? [r2[0]!, short(r2[0]!)] : [accuracy, percent(accuracy)];
  $('accuracy').textContent = words;
  const progress = $<HTMLProgressElement>('progress');
  progress.max = settings.epochs;
  progress.value = epoch;
  $('progress-words').textContent = text('training.progress', {
    epoch: decimal(epoch, 1),
    epochs: settings.epochs,
    updates: count(updates),
  });
  const point = (before: number | undefined, heldOut: number) => ({
    epoch,
    training: before ?? Number.NaN,
    heldOut: isEvaluated ? heldOut : Number.NaN,
  });
  curves.loss.add(point(training?.loss, loss));
  curves.score.add(point(training?.accuracy, score));
  $('loss-now').textContent = short(loss);
  $('accuracy-now').textContent = words;
  networkView.parameters(view.parameters);
  heldOutView.evaluation(evaluation);
  showExample(view);
  if (run!.state !== 'running' || performance.now() - detailsShown > LAG) {
    detailsShown = performance.now();
    void showDetails(view);
  }
}

/** Shows the prediction for the example. */
function showExample({ parameters, shown, activations }: View): void {
  const { inputs, label } = example;
  const outputs = activations.at(-1)!;
  const isNumber = split.test.targets !== undefined;
  const { output, words, truth } = isNumber
    ? numberAnswer(outputs[0]!, example, oneLine(split.table!.preprocessing.labels[0]!))
    : classAnswer(outputs, example, classNames);
  const spokenFor = chosen ?? output;
  networkView.activations(activations, spokenFor, label);
  const values = valuesOf(inputs, normalization);
  const { architecture, activation } = run!.settings;
  const effects = evidence(architecture, activation, parameters, activations, values, spokenFor);
  if (split.table) {
    tableView!.effects(effects);
  } else {
    drawInk(picture('preview'), ...inkOf(inputs, normalization));
    drawSigned(picture('evidence'), effects);
  }
  for (const element of document.querySelectorAll('.evidence-class')) {
    element.textContent = classNames[spokenFor] ?? '';
  }
  const empty = split.table === undefined && values.every((value) => value === 0);
  $('answer').textContent = empty ? text('drawing.title') : words;
  $('truth').textContent = truth;
  // Not the prediction for an unfinished stroke.
  if (announce && !empty && shown === inputs) {
    announce = false;
    $('spoken').textContent = words;
  }
}

/** Shows what is slow to compute, or changes too fast to be read. */
async function showDetails({ parameters, activations }: View): Promise<void> {
  const seen = run!;
  const { settings } = seen;
  const { architecture, activation } = settings;
  const { targets } = split.test;
  if (architecture.input === undefined && targets === undefined) {
    const values = valuesOf(example.inputs, normalization);
    equations.show({
      examples: Math.min(settings.batch, split.train.length),
      optimizer: settings.optimizer,
      rate: settings.rate,
      inputs: values,
      label: example.label,
      // Only outputs in the unit of targets are float64.
      layers: workedExample(
        architecture,
        activation,
        parameters,
        activations as Float32Array[],
        values,
        example.label,
      ),
    });
  }
  if (seen.state === 'running') $('hash').textContent = text('export.hash.later');
  else if (parameters !== hashed) {
    hashed = parameters;
    const hash = (await parametersHash(parameters)) ?? text('export.hash.none');
    if (parameters === hashed) $('hash').textContent = hash;
  }
  if (parameters === judged) return;
  judged = parameters;
  try {
    const found = await predictions();
    if (found === undefined) return;
    if (targets) tableView!.numbers(found);
    else heldOutView.predictions(found as Float32Array);
    await deadUnitsView.update(seen.network, seen.split.test, seen.state === 'running');
  } catch (error) {
    // The network diverges; the next update reports it.
    if (!(error instanceof RangeError)) throw error;
  }
}

/** The outputs for all held-out examples; undefined if the run was replaced meanwhile. */
async function predictions(): Promise<Outputs | undefined> {
  const seen = run!;
  try {
    const found = await seen.network.predict(split.test.inputs);
    return seen === run ? found : undefined;
  } catch (error) {
    if (seen === run) throw error;
    return undefined;
  }
}

/** Shows how to repeat the run. */
function showOrigin(): void {
  const repeatable = origin === undefined;
  const { settings } = run!;
  $('command').textContent = repeatable
    ? commandOf(settings, source.options, source.table !== undefined)
    : text('export.command.none', { file: named(oneLine(origin!)) });
  $<HTMLButtonElement>('copy-command').disabled = !repeatable;
  $<HTMLButtonElement>('copy-link').disabled = !repeatable || !source.isBundled;
  say($('data-name'), source.name);
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

/** Takes files that were opened or dropped, or shows why not. */
async function bring(files: readonly File[]): Promise<void> {
  const message = $('files-message');
  say(message, '');
  message.className = '';
  try {
    const read = await readFiles(files);
    const taken = read.kind === 'model' ? bringModel(read) : bringData(read);
    const words = await taken.catch((error) => {
      throw new Error(`${read.name}: ${wordsOf(error)}`, { cause: error });
    });
    say(message, words);
  } catch (error) {
    message.className = 'wrong';
    say(message, wordsOf(error));
  }
}

/** @returns the message to show */
async function bringModel({ name, bytes }: BroughtModel): Promise<string> {
  const { table } = source;
  let examples = split;
  const loaded = Network.load(bytes, { worker }).then((network) => {
    try {
      if (table) examples = table.splitFor(network, run!.settings.seed);
      checkModel(network, examples);
      return network;
    } catch (error) {
      network.dispose();
      throw error;
    }
  });
  const isTaken = await whenReady(loaded, (network) => {
    [origin, split] = [name, examples];
    const architecture = checkedArchitecture(network);
    replaceRun(network, { ...run!.settings, architecture, activation: network.hidden });
  });
  if (!isTaken) throw TOO_LATE;
  return text('model.loaded', { file: name, layers: run!.settings.architecture.text });
}

/** @throws RangeError where a model does not fit the examples, or this page */
function checkModel(network: Network, { train, table }: Split): void {
  const { features, outputs, output } = network;
  const usual = train.targets ? 'linear' : 'softmax';
  if (features !== train.features || outputs !== train.outputs) {
    throw new RangeError(
      text(`model.otherSizes.${train.targets ? 'numbers' : 'classes'}`, {
        layers: checkedArchitecture(network).text,
        inputs: train.features,
        outputs: train.outputs,
      }),
    );
  }
  if ('table' in network.metadata && table === undefined) {
    throw new RangeError(text('model.ofTable'));
  }
  if (output !== usual) {
    throw new RangeError(text('model.otherOutput', { output, usual }));
  }
}

/** @returns the message to show */
async function bringData(brought: BroughtData): Promise<string> {
  if (!(await begin(run!.settings, { ...brought, isBundled: false }))) throw TOO_LATE;
  const { train, test } = split;
  return text('data.loaded', {
    file: brought.name,
    training: count(train.length),
    heldOut: count(test.length),
  });
}

/** Makes a button copy text to the clipboard. */
function copyBy(button: HTMLButtonElement, copied: () => string): void {
  const words = button.textContent;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(copied());
      button.textContent = text('export.copied');
    } catch {
      button.textContent = text('export.notCopied');
    }
    setTimeout(() => {
      button.textContent = words;
    }, 1500);
  });
}

const { features, classes } = digits;
const { search } = location;
try {
  await begin(settingsFromQuery(search, { features, classes }));
  void bringOther(search);
} catch (error) {
  await begin(DEFAULTS);
  say($('settings-message'), text('settings.inAddress', { reason: wordsOf(error) }));
}
$('start').addEventListener('click', () => {
  if (run!.state === 'running') run!.pause();
  else run!.start();
});
$('step').addEventListener('click', () => run!.step());
$('reset').addEventListener('click', () => {
  void begin(run!.settings, source, { isStarted: false });
});
$('speed').addEventListener('change', () => {
  run!.speed = Number($<HTMLSelectElement>('speed').value);
});
$('clear').addEventListener('click', () => {
  if (split.table) tableView!.clear();
  else sheet.clear();
});
$('another').addEventListener('click', () => showHeldOut(next));
copyBy($('copy-command'), () => $('command').textContent);
copyBy($('copy-link'), () => new URL(ownQuery() + location.hash, location.href).href);
$('save').addEventListener('click', async () => {
  const { text: layers } = run!.settings.architecture;
  const metadata = split.table?.preprocessing.metadata;
  handOut(
    `${layers.replaceAll('/', '_')}.safetensors`,
    await run!.network.save(metadata && { metadata }),
  );
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
  // Without a run the page says why there is none.
  if (run) void bring([...(event.dataTransfer?.files ?? [])]);
});
new Benchmark(
  { button: $('bench'), status: $('bench-status'), results: $('bench-results') },
  digits,
  () => run!.pause(),
);
showTabs($('tabs'));
let tour: Tour | undefined;
$('tour-start').addEventListener('click', async () => {
  const { Tour } = await import('./tour/tour.ts');
  tour ??= new Tour({
    card: $('tour'),
    count: $('tour-count'),
    title: $('tour-title'),
    text: $('tour-text'),
    attempt: $('tour-try'),
    back: $('tour-back'),
    next: $('tour-next'),
    leave: $('tour-leave'),
  });
  openTab('learn');
  tour.start($('tour-start'));
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  if (latest) showView(latest);
});

$('loading').hidden = true;
document.querySelector('main')!.inert = false;
try {
  // The single file needs nothing stored.
  if (import.meta.env.MODE === 'production') {
    await navigator.serviceWorker?.register('./service-worker.js');
  }
} catch (error) {
  say($('offline'), text('page.notOffline', { reason: wordsOf(error) }));
}

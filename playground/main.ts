/** The playground: makes its parts, tells them of each other, and begins the first run. */
import { Benchmark } from './benchmark/benchmark.ts';
import { loadDigits } from './data/fetched-digits.ts';
import { Equations } from './equations/equations.ts';
import { AnswerView } from './example/answer-view.ts';
import { ExampleView } from './example/example-view.ts';
import { Address } from './exchange/address.ts';
import { ExportView } from './exchange/export-view.ts';
import { OpenedFiles } from './exchange/opened-files.ts';
import { divided } from './files/files.ts';
import { HeldOutView } from './held-out/held-out-view.ts';
import { DeadUnitsView } from './network/dead-units-view.ts';
import { NetworkView } from './network/network-view.ts';
import { UnitView } from './network/unit-view.ts';
import { Comparison } from './overlay/comparison.ts';
import { followMenu } from './page/language-menu.ts';
import { keepOffline } from './page/offline.ts';
import { $, say, tellErrors, wordsOf } from './page/page.ts';
import { showParts } from './page/parts.ts';
import { Projector } from './page/projector.ts';
import { openTab, showTabs } from './page/tabs.ts';
import { CurrentRun } from './run/current-run.ts';
import { PageWorker } from './run/page-worker.ts';
import type { View } from './run/run.ts';
import type { Subject } from './run/subject.ts';
import { DEFAULTS, settingsFromQuery } from './settings/settings.ts';
import { SettingsForm } from './settings/settings-form.ts';
import { LazyTableView } from './table/lazy-table-view.ts';
import { fillTexts } from './texts/fill.ts';
import { language, text } from './texts/languages.ts';
import { LANGUAGES } from './texts/tables.ts';
import { offerTour } from './tour/offer-tour.ts';
import { Curve } from './training/curves.ts';
import { HashView } from './training/hash-view.ts';
import { SlowDetails } from './training/slow-details.ts';
import { TrainingView } from './training/training-view.ts';

if (language !== 'en') fillTexts(document, LANGUAGES[language].texts);
document.documentElement.lang = language;
document.documentElement.dataset.filled = '';
followMenu($('language'));
tellErrors();

let firstViewShown!: () => void;
const firstView = new Promise<void>((resolve) => {
  firstViewShown = resolve;
});

const worker = new PageWorker();
const digits = await loadDigits();
const current: CurrentRun = new CurrentRun(
  worker,
  { data: divided(digits), name: text('data.digits'), options: [], isBundled: true },
  {
    replaced(subject, updates) {
      showSubject(subject, updates);
      return { speed: trainingView.speed, shown: exampleView.shown.inputs };
    },
    awaiting: (isAwaited) => trainingView.awaiting(isAwaited),
    state(state, error) {
      trainingView.state(state, error);
      if (state === 'running') hashView.later();
    },
    view: showView,
  },
);

const tables = new LazyTableView({
  choices: (choices) => openedFiles.chooseColumns(choices),
  row: (inputs) => exampleView.showRow(inputs),
  example: showExampleAbove,
});
const openedFiles = new OpenedFiles(
  {
    choose: $('choose'),
    files: $('files'),
    message: $('files-message'),
    columnsMessage: $('columns-message'),
  },
  tables,
  current,
);
const exampleView = new ExampleView(
  {
    sheet: $('sheet'),
    pen: $('pen'),
    ownLabel: $('own-label'),
    another: $('another'),
    clear: $('clear'),
  },
  tables,
  {
    example: (inputs) => current.show(inputs),
    // The first example is not somebody's choice.
    whole: () => current.isThere && answerView.announce(),
  },
);
const networkView = new NetworkView(
  {
    title: $('units-title'),
    next: $('next'),
    units: $('units'),
    unitsCaption: $('units-caption'),
    strip: $('units-strip'),
    layers: $('layers'),
    layersCaption: $('layers-caption'),
    matrices: $('matrices'),
    bars: $('bars'),
  },
  (label) => {
    answerView.choose(label);
    if (current.view) showExample(current.view);
  },
  (place) => unitView.open(place),
);
const answerView = new AnswerView(
  {
    answer: $('answer'),
    truth: $('truth'),
    spoken: $('spoken'),
    preview: $('preview'),
    evidence: $('evidence'),
    evidenceClass: document.querySelectorAll<HTMLElement>('.evidence-class'),
  },
  networkView,
  tables,
);
const unitView = new UnitView($('unit'), {
  ask: (inputs) => current.ask((network) => network.activations(inputs)),
  example: (example) => exampleView.showHeldOut(example),
});
const heldOutView = new HeldOutView(
  { matrix: $('confusion'), mistakes: $('mistakes'), dialog: $('behind') },
  async () => (await current.predictions()) as Float32Array | undefined,
  showExampleAbove,
);
const deadUnitsView = new DeadUnitsView($('dead-units'), (layers) => networkView.dead(layers));
const hashView = new HashView($('hash'));
const slowDetails = new SlowDetails(
  {
    equations: new Equations($('equations')),
    unit: unitView,
    heldOut: heldOutView,
    deadUnits: deadUnitsView,
    tables,
    hash: hashView,
  },
  current,
);
const form = new SettingsForm($('settings'), $('settings-message'), (settings) =>
  current.begin(settings),
);
const curves = {
  loss: new Curve($('loss-curve')),
  score: new Curve($('accuracy-curve')),
};
const trainingView = new TrainingView(
  {
    start: $('start'),
    step: $('step'),
    reset: $('reset'),
    speed: $('speed'),
    failure: $('failure'),
    progress: $('progress'),
    progressWords: $('progress-words'),
    score: $('accuracy'),
    heldOutCount: $('held-out-count'),
    lossNow: $('loss-now'),
    scoreNow: $('accuracy-now'),
  },
  curves,
  current,
);
const comparison = new Comparison(
  { ...curves, legends: document.querySelectorAll<HTMLElement>('.overlaid') },
  () => address.show(),
);
const projector = new Projector(
  { toggle: $('projector'), full: $('full'), units: document.querySelector('.hidden-units')! },
  () => {
    openTab('learn');
    address.show();
  },
);
const address = new Address(current, comparison, projector);
const exportView = new ExportView(
  {
    command: $('command'),
    copyCommand: $('copy-command'),
    copyLink: $('copy-link'),
    save: $('save'),
  },
  current,
  address,
);

/** Makes the page fit another run, before its first view. */
function showSubject(subject: Subject, updatesBefore: number): void {
  const { source, split, settings, origin, classNames, normalization, table, isNumber } = subject;
  const { architecture, activation } = settings;
  comparison.next({ settings, origin, data: source }, updatesBefore);
  say($('page-message'), '');
  say($('data-name'), source.name);
  showParts({
    pictures: table === undefined,
    table: table !== undefined,
    classes: !isNumber,
    numbers: isNumber,
    dense: architecture.input === undefined,
  });
  form.show(settings, table === undefined);
  networkView.fit(architecture, classNames);
  deadUnitsView.clear();
  heldOutView.fit(split.test, classNames, normalization, table?.nameOf);
  unitView.fit({ architecture, activation, data: split.test, normalization, classNames, table });
  if (source.table) tables.view.show(source.table, split);
  trainingView.fit(subject);
  hashView.later();
  answerView.fit(subject);
  exampleView.fit(subject);
  exportView.fit(subject);
  openedFiles.fit(subject);
  if (origin === undefined) address.show();
}

function showView(view: View): void {
  firstViewShown();
  trainingView.show(view);
  networkView.parameters(view.parameters);
  heldOutView.evaluation(view.evaluation);
  showExample(view);
  void slowDetails.show(view, exampleView.shown);
}

/** Shows the prediction for the example. */
function showExample(view: View): void {
  answerView.show(view, exampleView.shown);
  exampleView.showLabel();
}

/** Shows a held-out example that was chosen further below. */
function showExampleAbove(number: number): void {
  exampleView.showHeldOut(number);
  $('network').scrollIntoView({ behavior: 'smooth', block: 'nearest' });
}

const { search } = location;
try {
  await current.begin(settingsFromQuery(search, digits));
  void address.bringOther(search, digits, worker).catch((error) => {
    say($('settings-message'), text('overlay.unusable', { error: wordsOf(error) }));
  });
} catch (error) {
  await current.begin(DEFAULTS);
  say($('settings-message'), text('settings.inAddress', { reason: wordsOf(error) }));
}
new Benchmark(
  { button: $('bench'), status: $('bench-status'), results: $('bench-results') },
  digits,
  () => current.run.pause(),
);
showTabs($('tabs'));
offerTour($('tour-start'), {
  card: $('tour'),
  count: $('tour-count'),
  title: $('tour-title'),
  text: $('tour-text'),
  attempt: $('tour-try'),
  back: $('tour-back'),
  next: $('tour-next'),
  leave: $('tour-leave'),
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  if (current.view) showView(current.view);
});

$('loading').hidden = true;
document.querySelector('main')!.inert = false;
// What is stored for later does not delay what is seen now.
await firstView;
await keepOffline($('offline'));

/**
 * The texts of the page, by the part that shows them. {names} in braces are places for what a text is
 * about. A text in two numbers is two texts, whose keys end in `.one` and `.other`.
 */
export const english = {
  'page.title': 'relumax: watch a neural network learn',
  'training.start': 'Train',
  'training.pause': 'Pause',
  'training.progress': 'Epoch {epoch} of {epochs}, {updates} updates',
  'page.description':
    'Train a neural network on handwritten digits in your browser, draw digits for it, and look inside. It runs in WebAssembly.',
  'page.intro': 'Watch a neural network learn. It trains here, in your browser.',
  'page.noScript': 'This page needs JavaScript.',
  'page.loading':
    'The page has not started. It needs a browser with JavaScript modules, workers and WebAssembly.',
  'page.footer':
    'This page makes no requests to other servers{offline}. The digits are the first 10,000 training images of the MNIST database (LeCun, Cortes, Burges).',
  'page.offline': ', and once loaded it works offline',
  'page.dropHint': 'Drop a model or data here',
  'language.label': 'Language',
  'tabs.label': 'Pages',
  'tabs.learn': 'Learn',
  'tabs.benchmark': 'Benchmark',
  'training.label': 'Training',
  'training.score': '{measure} on {count}{break}held-out examples',
  'training.accuracy': 'accuracy',
  'training.step': 'One step',
  'training.reset': 'Start over',
  'training.speed': 'Speed',
  'training.speed.1': '1 update per frame',
  'training.speed.4': '4 updates per frame',
  'training.speed.12': '12 updates per frame',
  'training.speed.50': '50 updates per frame',
  'training.speed.most': 'as fast as possible',
  'network.title': 'The network',
  'network.input': 'Network input',
  'network.input.label': 'The network’s input, 28 by 28 pixels',
  'network.bars': 'Probability of each class; choose one to see its evidence',
  'drawing.title': 'Draw a digit',
  'drawing.clear': 'Clear',
  'drawing.another': 'Another example',
  'row.title': 'A row of the table',
  'row.help':
    'Type in a row: what is empty is missing. The bars show which columns are evidence {for} and {against} {goal}.',
  'row.larger': 'a larger number',
  'evidence.label': 'Which pixels are evidence for the class, and which against',
  'units.label':
    'The weights of each unit as a picture, its activation, and its weights to the next layer. Choose one to open it.',
  'units.caption':
    'Each picture shows a unit’s weights: {positive} in orange, {negative} in blue. The green bar is its activation. The strip below shows its weights to {next}.',
  'units.positive': 'positive',
  'units.negative': 'negative',
  'units.next.classes': 'the classes',
  'layers.caption':
    'The upper picture of each filter shows its weights, one tile for each channel: {positive} in orange, {negative} in blue. Below it, in green, is its feature map: where in the digit it finds what it looks for.',
  'columns.title': 'Columns',
  'columns.label': 'Label, the column to predict',
  'columns.column': 'Column',
  'columns.what': 'What it is',
  'columns.used': 'Used',
  'settings.title': 'Settings',
  'setting.network': 'Network',
  'setting.network.dense': 'dense',
  'setting.network.image': 'convolutional',
  'setting.layers': 'Layers',
  'setting.hidden': 'Hidden layers',
  'setting.activation': 'Activation',
  'setting.batch': 'Batch size',
  'setting.batch.full': 'full batch',
  'setting.optimizer': 'Optimizer',
  'setting.rate': 'Learning rate',
  'setting.schedule': 'Schedule',
  'setting.schedule.constant': 'constant',
  'setting.schedule.cosine': 'cosine',
  'setting.dropout': 'Dropout',
  'setting.decay': 'Weight decay',
  'setting.decay.usual': 'usual',
  'setting.epochs': 'Epochs',
  'setting.seed': 'Seed',
  'setting.seed.other': 'Another seed',
  'settings.help':
    'Sizes of the hidden layers, such as 32 or 64-16; may be empty. In a convolutional network 8c5 is 8 filters of 5 × 5, 8c5s the same with padding, 8c5/2 with stride 2, and p2 is max pooling. Every change starts a new training and is saved in the page’s address.',
  'curves.loss': 'Loss',
  'curves.accuracy': 'Accuracy',
  'curves.legend': '{heldOut} {training} over the epochs',
  'curves.heldOut': 'held out',
  'curves.training': 'training',
  'confusion.title': 'Confusion matrix',
  'confusion.caption': 'Rows: labels. Columns: predictions. Open a number to see its examples.',
  'mistakes.title': 'The worst mistakes',
  'mistakes.help': 'Choose one to show it to the network.',
  'errors.title': 'Predicted against actual',
  'errors.help': 'Each point is a held-out row; on the line, the prediction is right.',
  'errors.worst': 'The largest errors',
  'errors.worst.help': 'Choose one to show it to the network.',
  'equations.title': 'One step, equation by equation',
  'equations.help':
    'The shapes are those of a batch of m examples in this training. The numbers are those of the example above, as a batch of one example.',
  'equations.equation': 'equation',
  'equations.shapes': 'shapes',
  'equations.now': 'now',
  'export.title': 'Export and data',
  'export.command': 'The same training in Node',
  'export.copy': 'Copy',
  'export.hash': 'SHA-256 of the parameters, the same in Node',
  'export.hash.later': 'shown when paused',
  'export.link': 'Link to this training',
  'export.link.copy': 'Copy link',
  'export.model': 'Model',
  'export.save': 'Save as safetensors',
  'data.title': 'Data',
  'data.digits': 'the 10,000 bundled digits',
  'data.choose': 'Choose files…',
  'data.files': 'A model, or data',
  'data.help':
    'Or drop them anywhere on the page: images with their labels as IDX files, gzipped or not (MNIST, Fashion-MNIST), a table as CSV or TSV with numbers, text or dates, or a model as safetensors. They are not uploaded.',
  'dialog.title': 'Examples',
  'dialog.close': 'Close',
  'benchmark.title': 'WebAssembly and JavaScript in this browser',
  'benchmark.help':
    'The same network is trained on the same digits by relumax and by plain JavaScript that was written to be fast. A second JavaScript version skips zeros, as relumax does: most pixels of an image are zero. Each trains alone for 1.5 seconds, on one thread.',
  'benchmark.run': 'Run the benchmark',
  'evidence.caption': 'Evidence {for} and {against} {class}',
  'evidence.for': 'for',
  'evidence.against': 'against',
  'units.hidden.one': '{count} hidden unit',
  'units.hidden.other': '{count} hidden units',
  'unit.heading': 'A unit',
  'unit.unit': 'Unit {number}',
  'unit.filter': 'Filter {number}',
  'unit.class': 'Unit {number}: {class}',
  'unit.title': '{name}, layer {layer}',
  'unit.previous': 'Previous',
  'unit.next': 'Next',
  'unit.weights': 'Weights w',
  'unit.inputs': 'Inputs x, of the example shown',
  'unit.products': 'Products w x',
  'unit.map': 'Feature map of the example shown',
  'unit.some': ', the first {shown} of {count}',
  'unit.column': 'Column',
  'unit.below': 'From',
  'unit.above': 'To',
  'unit.classHead': 'Class',
  'unit.weight': 'Weight w',
  'unit.input': 'Input x',
  'unit.product': 'w x',
  'unit.outputWeights': 'Weights to the outputs',
  'unit.nextWeights': 'Weights to the next layer',
  'unit.sum': 'Sum of all w x',
  'unit.bias': 'Bias b',
  'unit.z': 'Z = sum + b',
  'unit.activation': 'Activation A ({name})',
  'unit.largest': 'Largest activation in the map ({name})',
  'unit.probability': 'Probability (softmax)',
  'unit.number': 'Prediction, in the unit of the label',
  'unit.exciting': 'The held-out examples with the largest activation',
  'unit.active': 'A > 0 for {share} of the {count} held-out examples.',
  'unit.activeSomewhere':
    'A > 0 somewhere in the map for {share} of the {count} held-out examples.',
  'unit.dead': 'Dead: A = 0 for all {count} held-out examples.',
  'unit.mean': 'Mean: {mean}. Choose an example to show it to the network.',
  'unit.none': 'None: its activation is 0 for every one.',
  'unit.example': 'Label {label}, activation {activation}',
  'numbers.row': 'Row',
  'numbers.column': 'Column',
  'numbers.index': 'Number',
  'numbers.show': 'Show all numbers',
  'own.drawing': 'This is',
  'own.row': 'Label of this row',
  'own.none': 'not given',
  'own.number': 'expected: {number}',
} as const;

export type Key = keyof typeof english;

/** All texts of a language. */
export type Texts = Readonly<Record<Key, string>>;

type PlacesIn<T extends string> = T extends `${string}{${infer P}}${infer Rest}`
  ? P | PlacesIn<Rest>
  : never;

/** The names of a text's places. */
export type Places<K extends Key> = PlacesIn<(typeof english)[K]>;

/** What a text has in each of its places; nothing if it has none. */
export type Values<K extends Key> = [Places<K>] extends [never]
  ? []
  : [values: Readonly<Record<Places<K>, string | number>>];

/** The texts that come in two numbers, without `.one` and `.other`. */
export type Counted = { [K in Key]: K extends `${infer Stem}.other` ? Stem : never }[Key];

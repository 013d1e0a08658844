/**
 * The texts of the page, by the part that shows them. {names} in braces are places for what a text is
 * about. A text in two numbers is two texts, whose keys end in `.one` and `.other`.
 */
export const english = {
  'page.title': 'relumax: watch a neural network learn',
  'training.start': 'Train',
  'training.pause': 'Pause',
  'training.progress': 'Epoch {epoch} of {epochs}, {updates} updates',
  'evidence.caption': 'Evidence {for} and {against} {class}',
  'evidence.for': 'for',
  'evidence.against': 'against',
  'units.hidden.one': '{count} hidden unit',
  'units.hidden.other': '{count} hidden units',
  'unit.heading': 'A unit',
  'unit.unit': 'Unit {number}',
  'unit.filter': 'Filter {number}',
  'unit.class': 'Unit {number}: {class}',
  'unit.title': '{name}, one of {count} in layer {layer}',
  'unit.titleAlone': '{name}, one of {count}',
  'unit.previous': 'Previous',
  'unit.next': 'Next',
  'unit.close': 'Close',
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
  'unit.open':
    'The weights of each unit as a picture, its activation, and its weights to the next layer. Choose one to open it.',
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

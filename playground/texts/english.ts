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
  'overlay.last': 'last run: {run}',
  'overlay.other': 'other run: {run}',
  'overlay.from': 'from {file}',
  'overlay.new': 'from new parameters',
  'overlay.failed': '{words}. It has stopped: {error}',
  'overlay.forget': 'Forget it',
  'overlay.activation': 'activation {value}',
  'overlay.epochs.one': '{count} epoch',
  'overlay.epochs.other': '{count} epochs',
  'overlay.batch': 'batch size {value}',
  'overlay.full': 'full batch',
  'overlay.rate': 'learning rate {value}',
  'overlay.schedule': '{value} schedule',
  'overlay.dropout': 'dropout {value}',
  'overlay.decay': 'weight decay {value}',
  'overlay.usual': 'usual weight decay',
  'overlay.seed': 'seed {value}',
  'overlay.unusable': 'The other run in the address cannot be used. {error}.',
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

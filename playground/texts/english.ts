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

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
  'projector.enter': 'Projector',
  'projector.leave': 'Normal view',
  'projector.full': 'Full screen',
  'projector.hint':
    'Large type, with the drawing, the network and the curves in one view (Alt+P; Escape leaves it)',
  'tour.start': 'Tour',
  'tour.count': 'Step {number} of {count}',
  'tour.back': 'Back',
  'tour.next': 'Next',
  'tour.done': 'Done',
  'tour.leave': 'Leave',
  'tour.draw.title': 'The input',
  'tour.draw.text':
    'Draw a digit here, with the mouse, a finger or the arrow keys. The network sees it as 28 by 28 pixels.',
  'tour.draw.try': 'Try it: draw a 4 that could be a 9.',
  'tour.answer.title': 'The prediction',
  'tour.answer.text':
    'The outputs of the network: a probability for each digit. Together they are 100 %. It changes with every stroke, and with every update.',
  'tour.answer.try': 'Try it: add one line to your drawing, and watch the bars.',
  'tour.evidence.title': 'The evidence',
  'tour.evidence.text':
    'On the left what the network gets as input. On the right which of these pixels are evidence for a digit, and which against.',
  'tour.evidence.try': 'Try it: choose the bar of another digit to see its evidence.',
  'tour.units.title': 'The hidden units',
  'tour.units.text':
    'Each picture shows the weights of one unit. It looks for ink where they are positive, and for none where they are negative. The bar is its activation.',
  'tour.units.try': 'Try it: draw a 1, then a 0. Which units respond to which?',
  'tour.train.title': 'The training',
  'tour.train.text':
    'An update changes all weights a little, so that the loss of one batch of examples falls. An epoch is once through all examples.',
  'tour.train.try': 'Try it: start over, and make the first updates one by one.',
  'tour.settings.title': 'The settings',
  'tour.settings.text':
    'Each change starts a new training. The same settings give the same result, on every computer.',
  'tour.settings.try': 'Try it: learning rates of 0.001, 1 and 3.',
  'tour.curves.title': 'The curves',
  'tour.curves.text':
    'The loss on the training examples and on held-out ones, which the network does not train on. The last run stays behind as a dotted line.',
  'tour.curves.try':
    'Try it: change one setting. Which of the two runs is better, and from which epoch on?',
  'tour.mixed.title': 'What is confused',
  'tour.mixed.text':
    'Each row is a digit, each column a prediction. What is not on the diagonal is a mistake.',
  'tour.mixed.try':
    'Try it: open the number in row 4, column 9. Would you have read them correctly?',
  'tour.step.title': 'One update, equation by equation',
  'tour.step.text':
    'The equations of the forward pass, the backward pass and the update, with their shapes and with the numbers of your drawing.',
  'tour.step.try': 'Try it: compare the output A² with the probabilities of the bars.',
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

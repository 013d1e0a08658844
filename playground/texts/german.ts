/** The texts of the page in German; english.ts says what they are. */
import type { Texts } from './english.ts';

export const german: Texts = {
  'page.title': 'relumax: einem neuronalen Netz beim Lernen zusehen',
  'training.start': 'Trainieren',
  'training.pause': 'Pause',
  'training.progress': 'Epoche {epoch} von {epochs}, {updates} Updates',
  'evidence.caption': 'Spricht {for} und {against} {class}',
  'evidence.for': 'für',
  'evidence.against': 'gegen',
  'units.hidden.one': '{count} verstecktes Neuron',
  'units.hidden.other': '{count} versteckte Neuronen',
};

/** The texts of the page in French; english.ts says what they are. */
import type { Texts } from './english.ts';

export const french: Texts = {
  'page.title': 'relumax : regarder un réseau de neurones apprendre',
  'training.start': 'Entraîner',
  'training.pause': 'Pause',
  'training.progress': 'Époque {epoch} sur {epochs}, {updates} mises à jour',
  'evidence.caption': 'Indices {for} et {against} {class}',
  'evidence.for': 'pour',
  'evidence.against': 'contre',
  'units.hidden.one': '{count} neurone caché',
  'units.hidden.other': '{count} neurones cachés',
};

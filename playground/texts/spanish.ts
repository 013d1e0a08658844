/** The texts of the page in Spanish; english.ts says what they are. */
import type { Texts } from './english.ts';

export const spanish: Texts = {
  'page.title': 'relumax: mira cómo aprende una red neuronal',
  'training.start': 'Entrenar',
  'training.pause': 'Pausar',
  'training.progress': 'Época {epoch} de {epochs}, {updates} actualizaciones',
  'evidence.caption': 'Indicios {for} y {against} {class}',
  'evidence.for': 'a favor',
  'evidence.against': 'en contra',
  'units.hidden.one': '{count} neurona oculta',
  'units.hidden.other': '{count} neuronas ocultas',
};

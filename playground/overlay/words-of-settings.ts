/** Settings in words, as a list of what tells two runs apart. */
import { HIDDEN_TEXTS, type Hidden } from '../../src/core/activations.ts';
import { OPTIMIZER_TEXTS, type OptimizerName } from '../../src/core/optimizers.ts';
import type { Setting, SettingTexts } from '../settings.ts';
import { counted, text } from '../texts/languages.ts';

const WORDS: Readonly<Record<Setting, (value: string) => string>> = {
  layers: (value) => value,
  activation: (value) =>
    text('overlay.activation', { value: HIDDEN_TEXTS[value as Hidden].description }),
  epochs: (value) => counted('overlay.epochs', Number(value), { count: value }),
  batch: (value) => (value === 'full' ? text('overlay.full') : text('overlay.batch', { value })),
  optimizer: (value) => OPTIMIZER_TEXTS[value as OptimizerName].label,
  rate: (value) => text('overlay.rate', { value }),
  schedule: (value) => text('overlay.schedule', { value }),
  dropout: (value) => text('overlay.dropout', { value }),
  decay: (value) => (value === '' ? text('overlay.usual') : text('overlay.decay', { value })),
  seed: (value) => text('overlay.seed', { value }),
};

/** Such as “784-32-10” and “learning rate 3”. */
export function wordsOfSettings(texts: SettingTexts): string[] {
  return Object.entries(texts).map(([name, value]) => WORDS[name as Setting](value));
}

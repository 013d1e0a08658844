/** Settings in words, as a list of what tells two runs apart. */
import type { Hidden } from '../../src/core/activations.ts';
import type { OptimizerName } from '../../src/core/optimizers.ts';
import type { Setting, Settings, SettingTexts } from '../settings/settings.ts';
import { counted, text } from '../texts/languages.ts';
import { exact } from '../texts/words.ts';

/** Of a number as text. */
const number = (value: string) => exact(Number(value));

const WORDS: Readonly<Record<Setting, (value: string) => string>> = {
  layers: (value) => value,
  activation: (value) =>
    text('overlay.activation', { value: text(`activation.${value as Hidden}`) }),
  epochs: (value) => counted('overlay.epochs', Number(value), { count: value }),
  batch: (value) =>
    value === 'full' ? text('setting.batch.full') : text('overlay.batch', { value: number(value) }),
  optimizer: (value) => text(`optimizer.${value as OptimizerName}`),
  rate: (value) => text('overlay.rate', { value: number(value) }),
  schedule: (value) =>
    text('overlay.schedule', {
      value: text(`setting.schedule.${value as Settings['schedule']}`),
    }),
  dropout: (value) => text('overlay.dropout', { value: number(value) }),
  decay: (value) =>
    value === '' ? text('overlay.usual') : text('overlay.decay', { value: number(value) }),
  seed: (value) => text('overlay.seed', { value }),
};

/** Such as “784-32-10” and “learning rate 3”. */
export function wordsOfSettings(texts: SettingTexts): string[] {
  return Object.entries(texts).map(([setting, value]) => WORDS[setting as Setting](value));
}

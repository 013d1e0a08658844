/** The settings of a training as text: for its record, and as the command that repeats it. */

import { rowOf } from '../../core/optimizers.ts';
import { shellOption } from '../terminal/shell.ts';
import { type Flag, nameOf, SETTINGS, type Values } from './flags.ts';

export type SettingName = keyof typeof SETTINGS;

/** What was chosen, and what came of it where nothing was. */
export type Chosen = Partial<Values<SettingName>>;

/** A setting by the name of its flag. */
export type SettingText = readonly [flag: string, value: string];

/** The value of a setting as text; "none" where there is no value that stands for none. */
export function textOf(name: SettingName, value: unknown): string {
  const { value: kind, none }: Flag = SETTINGS[name];
  const given = value ?? none;
  if (given === undefined) return 'none';
  return kind ? kind.format(given) : String(given);
}

/** The settings that have an effect, in the order of the flags. */
export function settingTexts(chosen: Chosen): SettingText[] {
  const { optimizer: own = 'sgd' } = chosen;
  const defaults: Partial<Record<SettingName, unknown>> = rowOf({ name: own }).defaults;
  return (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => {
    const [flag, value]: [Flag, unknown] = [SETTINGS[name], chosen[name]];
    if (value === undefined || value === flag.none || value === defaults[name]) return [];
    const text = flag.value ? textOf(name, value) : '';
    return [[value === false ? `no-${nameOf(flag)}` : nameOf(flag), text]];
  });
}

/** The settings as a command line, for a shell. */
export function repeatCommand(settings: readonly SettingText[]): string {
  const options = settings.map(([name, value]) =>
    value === '' ? `--${name}` : shellOption(name, value),
  );
  return ['relumax train', ...options].join(' ');
}

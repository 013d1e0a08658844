/** What decides a run, in the page's address and as a command line: the same text, the same bits. */

export interface Settings {
  /** n⁰ … nᴸ. */
  readonly layers: readonly number[];
  readonly epochs: number;
  /** Examples an update; Infinity is all of them. */
  readonly batch: number;
  /** α. */
  readonly rate: number;
  readonly seed: number;
}

/** The lecture notes' network. */
export const DEFAULTS: Settings = {
  layers: [784, 10, 10],
  epochs: 20,
  batch: 64,
  rate: 0.1,
  seed: 1,
};

/** The share of the bundled digits that is held out, as by `relumax train`. */
export const HELD_OUT = 0.2;

/** More units than this in a layer would make a page wait. */
const MOST_UNITS = 1024;
const MOST_EPOCHS = 1000;

/** Settings as text, by the names that the form and the address give them. */
export type SettingTexts = Readonly<Partial<Record<keyof Settings, string>>>;

/**
 * Settings from their text; what is left out is as by default.
 *
 * @param ends what the data asks of the first and the last layer
 * @throws RangeError that names the setting, what was found and what was expected
 */
export function readSettings(
  texts: SettingTexts,
  ends: { features: number; classes: number } = { features: 784, classes: 10 },
): Settings {
  const { features, classes } = ends;
  const number = (name: Exclude<keyof Settings, 'layers'>, least: number, most: number) => {
    const text = texts[name]?.trim();
    if (text === undefined) return DEFAULTS[name];
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw wrong(name, text, `a whole number from ${least} to ${most}`);
  };
  const layers = (texts.layers?.trim() ?? `${features}-10-${classes}`).split('-').map((size) => {
    return /^\d+$/.test(size) ? Number(size) : Number.NaN;
  });
  if (
    layers.length < 2 ||
    layers[0] !== features ||
    layers.at(-1) !== classes ||
    layers.slice(1).some((size) => !(size >= 1 && size <= MOST_UNITS))
  ) {
    const example = `${features}-32-${classes}`;
    throw wrong(
      'layers',
      texts.layers ?? '',
      `sizes such as ${example}: ${features} first, ${classes} last, up to ${MOST_UNITS} between`,
    );
  }
  const rate = texts.rate === undefined ? DEFAULTS.rate : Number(texts.rate.trim() || Number.NaN);
  if (!(rate > 0 && rate < Infinity)) {
    throw wrong('rate', texts.rate ?? '', 'a number above 0, such as 0.1');
  }
  const full = texts.batch?.trim() === 'full';
  return {
    layers,
    epochs: number('epochs', 1, MOST_EPOCHS),
    batch: full ? Infinity : number('batch', 1, 1_000_000),
    rate,
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER),
  };
}

/** What people call the settings. */
const NAMES: Record<keyof Settings, string> = {
  layers: 'Layers',
  epochs: 'Epochs',
  batch: 'Batch',
  rate: 'Learning rate',
  seed: 'Seed',
};

function wrong(name: keyof Settings, found: string, expected: string): RangeError {
  return new RangeError(`${NAMES[name]}: found “${found}”, expected ${expected}`);
}

/** The settings as text. */
export function settingTexts({ layers, epochs, batch, rate, seed }: Settings) {
  return {
    layers: layers.join('-'),
    epochs: String(epochs),
    batch: batch === Infinity ? 'full' : String(batch),
    rate: String(rate),
    seed: String(seed),
  } satisfies SettingTexts;
}

/** The settings of an address; its other parameters are ignored. */
export function settingsFromQuery(query: string): Settings {
  const given = new URLSearchParams(query);
  const names = Object.keys(NAMES).filter((name) => given.has(name));
  return readSettings(Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])));
}

/** The address' part that repeats the run. */
export function queryOf(settings: Settings): string {
  return `?${new URLSearchParams(settingTexts(settings))}`;
}

/** The command that trains to the same parameters in Node. */
export function commandOf(settings: Settings): string {
  const { layers, epochs, batch, rate, seed } = settingTexts(settings);
  return `npx relumax train --layers ${layers} --epochs ${epochs} --batch ${batch} --learning-rate ${rate} --seed ${seed} --save digits.safetensors`;
}

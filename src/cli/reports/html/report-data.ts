/** What a report shows, and how its sections ask for it. */

import { PNG } from 'pngjs';
import type { Size } from '../../../data/resampling.ts';
import type { Dataset, Inputs, LayerParameters, Normalization, Outputs } from '../../../index.ts';
import type { ImageSize } from '../../options/fit-options.ts';
import { count } from '../../terminal/numbers.ts';
import type { TrainingPlan, TrainingResult } from '../../training/reporter.ts';
import { classLabel, shortened } from '../class-labels.ts';
import type { Importances } from '../importance.ts';
import { type Html, html } from './html.ts';

export interface ReportData {
  readonly plan: TrainingPlan;
  readonly result: TrainingResult;
  /** What was held out. */
  readonly heldOut: Dataset;
  /** What the network gives for it: examples × nᴸ. */
  readonly outputs: Outputs;
  readonly parameters: readonly LayerParameters[];
  /** What each layer gives for some examples. */
  activations(inputs: Inputs): Outputs[];
  /** SHA-256 of the parameters. */
  readonly hash: string;
  /** What repeats the run on a command line. */
  readonly command: string;
  /** Of the examples, where they are images. */
  readonly size: ImageSize | undefined;
  /** Of a table, the names of its inputs. */
  readonly featureNames: readonly string[] | undefined;
  /** Of a table, what its columns are worth. */
  readonly importances: Importances | undefined;
  /** What the network standardises. */
  readonly normalization: Normalization | undefined;
  /** Settings besides those of the plan, by their names. */
  readonly settings: readonly (readonly [string, string])[];
  /** When the report was made, and where. */
  readonly environment: readonly (readonly [string, string])[];
}

/** Characters of the name of a class or column: longer ones would push figures aside. */
const LONGEST = 20;

/** What a class or an output is called. */
export function outputName({ plan }: ReportData, output: number): string {
  return shortLabel(output, plan.classNames);
}

/** What is called so by the names, or by its number. */
export function shortLabel(label: number, names: readonly string[] | undefined): string {
  return shortName(classLabel(label, names));
}

/** A name that leaves room for figures. */
export function shortName(name: string): string {
  return shortened(name, LONGEST);
}

/** What an input of a table is called. */
export function inputName({ featureNames }: ReportData, input: number): string {
  return shortened(featureNames?.[input] ?? `input ${input + 1}`, 2 * LONGEST);
}

/**
 * The standard deviation of a target, by which its figures have as many decimals as say something: that
 * of the training examples, or else that of the held-out ones.
 */
export function spreadOf({ heldOut, normalization }: ReportData, output: number): number {
  const known = normalization?.targets?.std[output];
  if (known !== undefined) return known;
  const { length, outputs } = heldOut;
  const values = Float64Array.from({ length }, (_, i) => heldOut.targets![i * outputs + output]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / length) || 1;
}

/** Columns of a table that are shown; one of more scrolls for long enough. */
export const MOST_COLUMNS = 40;

/** The inputs of a table that are shown, and what is said of the others. */
export function shownInputs({ plan }: ReportData): { inputs: number[]; note: string } {
  const all = plan.architecture.features;
  const inputs = Array.from({ length: Math.min(all, MOST_COLUMNS) }, (_, input) => input);
  return { inputs, note: shownOf(inputs.length, all, 'inputs') };
}

/** "The first 40 of 300 inputs."; nothing where all are shown. */
export function shownOf(shown: number, all: number, noun: string): string {
  return all > shown ? `The first ${shown} of ${count(all)} ${noun}.` : '';
}

/** Which of a pixel's values are its red, green and blue: of grey the same one. */
export function coloursOf({ channels }: ImageSize): readonly [number, number, number] {
  return channels < 3 ? [0, 0, 0] : [0, 1, 2];
}

/** @param pixelAt red, green, blue and alpha of a pixel, each 0 to 255 */
export function picture(
  { width, height }: Size,
  alt: string,
  pixelAt: (i: number) => readonly [number, number, number, number],
): Html {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) png.data.set(pixelAt(i), 4 * i);
  const data = PNG.sync.write(png).toString('base64');
  return html`<img alt="${alt}" width="${width}" height="${height}" src="data:image/png;base64,${data}">`;
}

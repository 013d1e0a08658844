/** What a report tells of, and how its parts ask for it. */
import type { Dataset, LayerParameters, Outputs } from '../../index.ts';
import { classLabel } from '../class-labels.ts';
import type { Size } from '../image-file.ts';
import type { TrainingPlan, TrainingResult } from '../training-report.ts';

export interface ReportData {
  readonly plan: TrainingPlan;
  readonly result: TrainingResult;
  /** What was held out. */
  readonly heldOut: Dataset;
  /** What the network gives for it: examples × nᴸ. */
  readonly outputs: Outputs;
  readonly parameters: readonly LayerParameters[];
  /** SHA-256 of the parameters. */
  readonly hash: string;
  /** What repeats the run on a command line. */
  readonly command: string;
  /** Of the examples, where they are images. */
  readonly size: Size | undefined;
  /** Of a table with a header, the names of its inputs. */
  readonly featureNames: readonly string[] | undefined;
  /** Of the numbers to be learnt, where the network standardises them, the standard deviations. */
  readonly targetScales: Float64Array | undefined;
  /** Settings besides those of the plan, by their names. */
  readonly settings: readonly (readonly [string, string])[];
  /** When the report was made, and where. */
  readonly environment: readonly (readonly [string, string])[];
}

/** What a class or an output is called. */
export function outputName({ plan }: ReportData, output: number): string {
  return classLabel(output, plan.classNames);
}

/** What an input of a table is called. */
export function inputName({ featureNames }: ReportData, input: number): string {
  return featureNames?.[input] ?? `input ${input + 1}`;
}

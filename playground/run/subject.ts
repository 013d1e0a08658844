/** What a run is about: the data, the settings, and what the views need to know of both. */
import type { Network, Normalization } from 'relumax/worker';
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import type { Split } from '../data/split.ts';
import type { Data } from '../files/files.ts';
import type { DataOptions, Settings } from '../settings/settings.ts';
import type { OpenTable } from '../table/open-table.ts';
import { text } from '../texts/languages.ts';

/** The data to train on. */
export interface Source {
  readonly data: Data;
  readonly name: string;
  /** Options of the command that name the data. */
  readonly options: DataOptions;
  /** Whether a link can name it. */
  readonly isBundled: boolean;
  /** The table that the data are, if they are one. */
  readonly table?: OpenTable | undefined;
}

/** What is chosen for a run. */
export interface Choice {
  readonly source: Source;
  readonly split: Split;
  readonly settings: Settings;
  /** The model file that the run begins from, if any: then no link repeats it. */
  readonly origin: string | undefined;
}

export interface Subject extends Choice {
  /** Whether the network predicts a number, and not a class. */
  readonly isNumber: boolean;
  /** None where it predicts a number. */
  readonly classNames: readonly string[];
  /** Means and standard deviations of the network. */
  readonly normalization: Normalization | undefined;
  /** Of a table: the names of its inputs, and of a held-out example. */
  readonly table: { inputs: readonly string[]; nameOf(example: number): string } | undefined;
}

/** What a run of this network is about. */
export function subjectOf(network: Network, choice: Choice): Subject {
  const { test, table } = choice.split;
  const isNumber = test.targets !== undefined;
  const names = test.classNames ?? Array.from({ length: test.classes }, (_, i) => String(i));
  return {
    ...choice,
    isNumber,
    classNames: isNumber ? [] : names.map(oneLine),
    normalization: network.normalization,
    table: table && {
      inputs: table.preprocessing.features.map(oneLine),
      nameOf: (example) => text('row.number', { number: table.records[example]! }),
    },
  };
}

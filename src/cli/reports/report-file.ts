/** `relumax train --report`: a training as one HTML file. */
import { cpus } from 'node:os';
import manifest from '../../../package.json' with { type: 'json' };
import type { Network } from '../../index.ts';
import { namesIn } from '../files/formats.ts';
import type { Size } from '../files/images/image-file.ts';
import { repeatCommand } from '../options/settings.ts';
import type { TrainingData } from '../training/held-out.ts';
import { parametersHash } from '../training/parameters-hash.ts';
import type { TrainingPlan, TrainingResult } from '../training/reporter.ts';

/** What a report is made of. */
export interface Trained {
  readonly network: Network;
  readonly data: TrainingData;
  readonly plan: TrainingPlan;
  readonly result: TrainingResult;
  /** By the names of the options. */
  readonly settings: readonly (readonly [string, string])[];
  /** Of the examples, where they are images. */
  readonly size: Size | undefined;
}

/** The bytes of the report. */
export async function reportBytes(trained: Trained): Promise<Uint8Array> {
  const { network, data, settings, size, plan, result } = trained;
  // Loaded here because few trainings have one.
  const { reportPage } = await import('./html/page.ts');
  const parameters = network.parameters();
  const page = reportPage({
    ...{ plan, result, settings, size, parameters },
    heldOut: data.heldOut,
    outputs: network.predict(data.heldOut.inputs),
    hash: parametersHash(parameters),
    command: repeatCommand(settings),
    featureNames: namesIn(data.record.features),
    normalization: network.normalization,
    environment: [
      ['relumax', manifest.version],
      ['Node', process.version],
      ['platform', `${process.platform} ${process.arch}`],
      ['processor', cpus()[0]?.model.trim() ?? 'unknown'],
      ['date', new Date().toISOString().slice(0, 19).replace('T', ' ')],
    ],
  });
  return Buffer.from(page);
}

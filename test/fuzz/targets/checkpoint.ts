/** Checkpoints: what is decoded is what the file has; a training resumes exactly, or not at all. */
import {
  type Checkpoint,
  Checkpoints,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../../src/checkpoint.ts';
import { parametersHash } from '../../../src/cli/training/parameters-hash.ts';
import {
  Dataset,
  DivergenceError,
  type FitOptions,
  type LayerParameters,
  Network,
} from '../../../src/index.ts';
import { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';
import { checkClear, Fault } from '../target.ts';
import { floatsOf, textsIn } from './model.ts';
import { decode, type RawFile } from './safetensors.ts';

const LAYERS = [6, 5, 3];
const EXAMPLES = 20;

const dataset = (() => {
  const dice = new Dice(0, 'checkpoint', 0);
  const labels = Uint8Array.from(dice.list(EXAMPLES, () => dice.between(0, 2)));
  return Dataset.from({ inputs: dice.bytes(EXAMPLES * LAYERS[0]!), labels, classes: 3 });
})();

/** Trainings that keep different things. */
const TRAININGS: readonly FitOptions[] = [
  {},
  { optimizer: 'momentum', dropout: 0.2 },
  { optimizer: 'adam', schedule: 'cosine', earlyStopping: { patience: 2 }, validation: dataset },
].map((options) => ({ epochs: 3, batchSize: 7, seed: 5, ...options }) as FitOptions);

interface Whole {
  /** The file after each update. */
  readonly files: readonly Buffer[];
  /** With which parameters the training ends. */
  readonly hash: string;
}

async function train(options: FitOptions, which: number): Promise<Whole> {
  const network = await Network.create({ layers: LAYERS, seed: 1 });
  const files: Buffer[] = [];
  const checkpoints = new Checkpoints({
    every: 1,
    onCheckpoint(checkpoint) {
      files.push(Buffer.from(encodeCheckpoint(checkpoint, { metadata: { which: String(which) } })));
    },
  });
  await network.fit(dataset, { ...options, checkpoints });
  return { files, hash: parametersHash(network.parameters()) };
}

const wholes = await Promise.all(TRAININGS.map(train));

/** Resumes a training; the parameters that it ends with, or undefined where it is refused. */
async function resumed(resume: Checkpoint, options: FitOptions): Promise<string | undefined> {
  const network = await Network.create({ layers: LAYERS, seed: 2 });
  const before = parametersHash(network.parameters());
  try {
    await network.fit(dataset, { ...options, checkpoints: new Checkpoints({ resume }) });
    const parameters = network.parameters();
    const values = parameters.flatMap(({ weights, biases }) => [...weights, ...biases]);
    if (!values.every(Number.isFinite))
      throw new Fault('resumes to parameters that are no numbers');
    return parametersHash(parameters);
  } catch (error) {
    checkClear(error);
    // Numbers that grow too large show only while it trains.
    const isRefusal = !(error instanceof DivergenceError);
    if (isRefusal && parametersHash(network.parameters()) !== before) {
      throw new Fault(
        `refuses to resume, but has changed the parameters: ${(error as Error).message}`,
      );
    }
    return undefined;
  }
}

/** The layers of some tensors by what their names begin with. */
function layersOf(tensors: RawFile['tensors'], prefix: string): LayerParameters[] | undefined {
  if (tensors[`${prefix}layers.0.weight`] === undefined) return undefined;
  return LAYERS.slice(1).map((units, l) => {
    const [weight, bias] = ['weight', 'bias'].map(
      (kind) => tensors[`${prefix}layers.${l}.${kind}`],
    );
    must(weight?.dtype === 'F32' && bias?.dtype === 'F32', 'weights and biases of 32 bits');
    must(
      `${weight.shape}` === `${[units, LAYERS[l]!]}` && `${bias.shape}` === `${[units]}`,
      'shapes',
    );
    return { weights: floatsOf(weight), biases: floatsOf(bias) };
  });
}

export const checkpoint = filesTarget({
  name: 'checkpoint',
  make(dice) {
    return { files: { file: dice.pick(dice.pick(wholes).files) }, valid: true };
  },
  async read({ file }) {
    const { checkpoint, metadata } = decodeCheckpoint(file!);
    const options = TRAININGS[Number(metadata.which)] ?? TRAININGS[0]!;
    return { checkpoint, metadata: { ...metadata }, hash: await resumed(checkpoint, options) };
  },
  expected({ file }, { hash }) {
    const { tensors, metadata } = decode(file!);
    const { progress, settings } = JSON.parse(metadata.checkpoint!);
    const first = layersOf(tensors, 'optimizer.0.');
    const second = first && layersOf(tensors, 'optimizer.1.');
    const state = [first, second].filter((kept) => kept);
    const best = layersOf(tensors, 'best.');
    const whole = wholes.find(({ files }) => files.some((other) => other.equals(file!)));
    return {
      checkpoint: {
        ...{ parameters: layersOf(tensors, ''), state, progress, settings },
        ...(best && { best }),
      },
      metadata: textsIn(metadata),
      hash: whole ? whole.hash : hash,
    };
  },
});

/** `relumax predict`: a saved model's predictions for images, or for the rows of a table. */

import { digitImage, FIELD, type Pixels } from '../../data/digit-image.ts';
import { type Channels, levelsAt, withChannels } from '../../data/image-levels.ts';
import { formatOf } from '../files/formats.ts';
import { squareOf } from '../files/images/image-shape.ts';
import { imagesOf, readModel, type SavedModel } from '../files/model-file.ts';
import type { ImageSize } from '../options/fit-options.ts';
import { nameOf, PREDICT_FLAGS, type Values, type ValuesOf } from '../options/flags.ts';
import { ROW_FLAGS } from '../options/table-flags.ts';
import { classLabel } from '../reports/class-labels.ts';
import { EXIT, inputFailure, reason, UsageError } from '../terminal/failure.ts';
import { indexOfGreatest, numberTexts, shortest } from '../terminal/numbers.ts';
import { STDIN } from '../terminal/option-values.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { interactive, print, printJson, warn } from '../terminal/terminal.ts';

const PIXELS = FIELD * FIELD;

/** What a table is read by, and where its answers go. */
type TableValues = ValuesOf<typeof PREDICT_FLAGS & typeof ROW_FLAGS>;

/** An image in the network's form. */
interface NamedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export async function predict(
  file: string,
  inputs: string[],
  options: Values<'channels' | 'layers' | 'json'> & TableValues,
): Promise<void> {
  if (inputs.length === 0 && process.stdin.isTTY) {
    throw new UsageError('no input: expected image files or tables, or standard input');
  }
  const model = await readModel(file, options);
  const { preprocessing } = model;
  checkTableFlags(file, model, inputs, options);
  const form = formOf(file, model, options.channels);
  const printPrediction = printerFor(model, form, options);
  for (const source of inputs.length === 0 ? [STDIN] : inputs) {
    try {
      if (preprocessing) {
        const { predictTable } = await import('../reports/table-predictions.ts');
        await predictTable(model, preprocessing, source, options);
      } else {
        for (const image of await read(source, form)) {
          await printPrediction(image).catch((error: unknown) =>
            warnOf(inputFailure(error, image.name)),
          );
        }
      }
    } catch (error) {
      warnOf(error);
    }
  }
}

/**
 * @throws UsageError where flags for tables are given and the model takes none, or several tables are to be
 *   written into one file
 */
function checkTableFlags(
  file: string,
  { preprocessing }: SavedModel,
  inputs: readonly string[],
  options: TableValues,
): void {
  const flags = { ...PREDICT_FLAGS, ...ROW_FLAGS };
  const names = Object.keys(flags) as (keyof TableValues)[];
  const name = names.find((name) => options[name] !== undefined);
  if (name !== undefined && preprocessing === undefined) {
    const flag = nameOf(flags[name]);
    throw new UsageError(`--${flag}: ${file} takes images, expected a model of a table`);
  }
  if (options.output === undefined || inputs.length <= 1) return;
  throw new UsageError(`--output: found ${inputs.length} tables, expected one`);
}

/** Reports an input that cannot be predicted; the others still are. */
function warnOf(error: unknown): void {
  warn(reason(error));
  process.exitCode = EXIT.failed;
}

/** The form in which a network takes images, and how others are brought into it. */
interface Form extends ImageSize {
  from(pixels: Pixels): Uint8Array;
}

/**
 * The form that the images had which the network was trained on: of image files and the like, their
 * levels in the size that it takes; else that of MNIST's digits.
 *
 * @param asked channels. Default: as many as the network takes
 */
function formOf(file: string, model: SavedModel, asked: Channels | undefined): Form {
  const { input, features, metadata, normalization } = model.network;
  const shape = imagesOf(model);
  const mean = normalization?.inputs?.mean.find((mean) => !(mean >= 0 && mean <= 1));
  if (metadata.data === 'arrays' && mean !== undefined) {
    const found = `found inputs with a mean of ${mean}`;
    throw new Error(`${file}: ${found}, expected a model of pixels from 0 to 1, as of an image`);
  }
  const channels = asked ?? shape?.[2] ?? 1;
  if (shape && channels !== shape[2]) {
    throw new UsageError(`--channels ${channels}: ${file} takes images of ${shape[2]}`);
  }
  const { data = '' } = metadata;
  const isDigit = features === PIXELS * channels;
  const square = asked && !isDigit ? squareOf(features, asked) : undefined;
  const isKnown = formatOf(data)?.takesFiles || (input && !isDigit);
  const own = isKnown ? shape : square;
  if (own) {
    const [height, width] = own;
    const size = { width, height, channels };
    return { ...size, from: (pixels) => levelsAt(size, pixels, channels) };
  }
  if (data !== 'table' && !isDigit) {
    throw new Error(`${file}: takes ${features} values, but an image has ${PIXELS} (28 × 28)`);
  }
  return {
    ...{ width: FIELD, height: FIELD, channels },
    from: (pixels) => withChannels(digitImage(pixels), 1, channels),
  };
}

/** What prints the network's prediction for an image. */
function printerFor(
  { network, classNames }: SavedModel,
  size: ImageSize,
  { json }: Values<'json'>,
) {
  return async ({ name, bytes }: NamedImage) => {
    const outputs = network.predict(bytes);
    if (network.output !== 'softmax') {
      if (json) printJson({ image: name, values: [...outputs] });
      else print([oneLine(name), ...numberTexts(outputs)].join('\t'));
      return;
    }
    const probabilities = [...outputs];
    const best = indexOfGreatest(outputs);
    const probability = probabilities[best]!;
    if (json) {
      const predicted = classNames ? { class: classNames[best] } : { digit: best };
      printJson({ image: name, ...predicted, probabilities });
    } else if (interactive) {
      const { predictionView } = await import('../reports/prediction-view.ts');
      print(
        `\n${predictionView(oneLine(name), { ...size, bytes }, probabilities, best, classNames)}\n`,
      );
    } else {
      print(`${oneLine(name)}\t${classLabel(best, classNames)}\t${shortest(probability)}`);
    }
  };
}

/** @throws Error `name: why` */
async function read(source: string, form: Form): Promise<NamedImage[]> {
  if (source === STDIN) return readStdin(form);
  // Loaded here because images from standard input need no decoder.
  const { readImage } = await import('../files/images/image-file.ts');
  const pixels = await readImage(source);
  try {
    return [{ name: source, bytes: form.from(pixels) }];
  } catch (error) {
    throw new Error(reason(error, source), { cause: error });
  }
}

/** The images on standard input; a single one is named "stdin", more are numbered from 1. */
async function readStdin({ width, height, channels }: ImageSize): Promise<NamedImage[]> {
  const size = width * height * channels;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0 || bytes.length % size !== 0) {
    throw new Error(
      `stdin: found ${bytes.length} bytes, expected ${size} for each image (${width} × ${height}${channels === 1 ? '' : ` × ${channels}`}, no PNG)`,
    );
  }
  return Array.from({ length: bytes.length / size }, (_, i) => ({
    name: bytes.length === size ? 'stdin' : `stdin ${i + 1}`,
    bytes: bytes.subarray(i * size, (i + 1) * size),
  }));
}

/** `relumax export`: a saved model as ONNX or as a JavaScript module. */
import type { Network } from '../../index.ts';
import { readModel } from '../files/model-file.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { Values } from '../options/flags.ts';
import { inputFailure, UsageError } from '../terminal/failure.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { labelled, print } from '../terminal/terminal.ts';

export async function exportModel(
  file: string,
  { onnx, js, layers }: Values<'onnx' | 'js' | 'layers'>,
): Promise<void> {
  if (onnx === undefined && js === undefined) {
    throw new UsageError('found neither --onnx nor --js, expected one of them or both');
  }
  const { model, network, classNames, preprocessing } = await readModel(file, { layers });
  checkOutputs(file, network);
  if (onnx !== undefined) {
    const { onnxModel } = await import('../files/exports/onnx-model.ts');
    await writeWhole(onnx, onnxModel(model, classNames, preprocessing));
    print(labelled('ONNX', oneLine(onnx)));
  }
  if (js !== undefined) {
    const { jsModel } = await import('../files/exports/js-model.ts');
    await writeWhole(js, Buffer.from(jsModel(model, classNames, preprocessing)));
    print(labelled('module', oneLine(js)));
  }
}

/**
 * Checks that the outputs are finite for inputs of 0, or their mean where the network standardises. An
 * export cannot refuse inputs that are too large.
 *
 * @throws Error `file: why`
 */
function checkOutputs(file: string, network: Network): void {
  const { features, normalization } = network;
  try {
    network.predict(normalization?.inputs?.mean ?? new Float32Array(features));
  } catch (error) {
    throw inputFailure(error, `${file}, for inputs of ${normalization?.inputs ? 'their mean' : 0}`);
  }
}

/** Whether files that a training wrote are whole, by what they are. */
import { readFile } from 'node:fs/promises';
import { decodeCheckpoint } from '../../src/checkpoint.ts';
import { Network } from '../../src/index.ts';

const CHECKS: Readonly<Record<string, (bytes: Buffer, file: string) => unknown>> = {
  model: (bytes) => Network.load(bytes),
  checkpoint: (bytes) => decodeCheckpoint(bytes),
  report: (bytes) => ends(bytes, /^<!doctype html>/i, /<\/html>\s*$/i),
  history: (bytes, file) => history(bytes, file),
  onnx: (bytes) => message(bytes),
  js: (bytes) => ends(bytes, /^\/[/*]/, /\n$/),
};

/** What is wrong with a file of a kind; undefined where it is whole. */
export async function brokenFile(kind: string, file: string): Promise<string | undefined> {
  try {
    await CHECKS[kind]!(await readFile(file), file);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function ends(bytes: Buffer, first: RegExp, last: RegExp): void {
  const text = bytes.toString('latin1');
  if (!first.test(text) || !last.test(text)) throw new Error('its beginning or its end is missing');
}

/** Reads the fields of a protobuf message, which must end where the file does. */
function message(bytes: Buffer): void {
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? Number.NaN;
      value += (byte & 127) * shift;
      if (!(byte & 128)) return value;
    }
  };
  let at = 0;
  while (at < bytes.length) {
    const wire = varint() & 7;
    const value = wire === 0 || wire === 2 ? varint() : 0;
    if (wire === 2) at += value;
    else if (wire !== 0) throw new Error(`a field of type ${wire}`);
  }
  if (at !== bytes.length || at === 0) throw new Error(`fields of ${at} bytes in ${bytes.length}`);
}

function history(bytes: Buffer, file: string): void {
  const text = bytes.toString();
  const epochs = /\.json$/i.test(file)
    ? (JSON.parse(text) as { epoch: number }[]).map(({ epoch }) => epoch)
    : text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[0]));
  const isWhole =
    text.endsWith('\n') && epochs.length > 0 && epochs.every((epoch, i) => epoch === i + 1);
  if (!isWhole) throw new Error(`a history of the epochs ${epochs.slice(0, 9)}`);
}

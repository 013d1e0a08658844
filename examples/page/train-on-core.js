/**
 * Trains with the exports of the core alone: no Network, no Dataset. Is the first number larger than the
 * second? docs/core.md explains it step by step.
 */
export const SIZES = [2, 8, 2];
const EXAMPLES = 1000;

/**
 * @param core what core.wasm exports
 * @param network where a network of SIZES is laid out in its memory
 * @param staging the first byte behind it
 */
export function trainOnCore(core, { network, staging }) {
  // First a record of examples, then their inputs, then their labels.
  const alignment = core.ALIGNMENT.value;
  const inputsAt = staging + alignment;
  const labelsAt = inputsAt + EXAMPLES * SIZES[0] * 4;
  const end = labelsAt + EXAMPLES + alignment;
  core.memory.grow(Math.ceil((end - core.memory.buffer.byteLength) / 2 ** 16));

  // Weights from whichever random words you like: four bytes each in place, then He-uniform floats.
  for (let l = 0; l + 1 < SIZES.length; l++) {
    const [inputs, units] = SIZES.slice(l);
    const biasesAt = inputsAt + inputs * units * 4;
    const words = new Uint32Array(core.memory.buffer, inputsAt, inputs * units);
    words.forEach((_, i) => {
      words[i] = Math.imul(i + 1, 0x9e3779b9) ^ (l * 0x85ebca6b);
    });
    new Float32Array(core.memory.buffer, biasesAt, units).fill(0);
    core.initialWeights(network, l, inputsAt);
    core.setLayer(network, 0, l, inputsAt, biasesAt);
  }

  const inputs = new Float32Array(core.memory.buffer, inputsAt, EXAMPLES * SIZES[0]);
  const labels = new Uint8Array(core.memory.buffer, labelsAt, EXAMPLES);
  for (let i = 0; i < EXAMPLES; i++) {
    inputs[2 * i] = Math.sin(i * i);
    inputs[2 * i + 1] = Math.cos(i * 7);
    labels[i] = inputs[2 * i] > inputs[2 * i + 1] ? 1 : 0;
  }
  // 4: an input takes four bytes. 0: the examples are read as they lie.
  core.describeExamples(staging, 4, inputsAt, labelsAt, 0);

  // Full-batch gradient descent: three calls an update.
  for (let step = 0; step < 500; step++) {
    core.begin(network);
    core.accumulate(network, staging, 0, EXAMPLES);
    if (!core.update(network, 0.5)) throw new Error(`update ${step} was not made`);
  }

  const output = document.querySelector('output');
  const accuracy = core.correct(network) / EXAMPLES;
  const loss = core.meanLoss(network);
  output.textContent = `${(100 * accuracy).toFixed(1)} % correct, loss ${loss.toFixed(3)}`;
  Object.assign(output.dataset, { accuracy, loss });
}

/**
 * A page that trains on the core alone: no Network, no Dataset. Is the first number larger than
 * the second? docs/core.md explains it step by step.
 */
import {
  describeNetwork,
  FORMATS,
  instantiateCore,
  OUTCOMES,
  planNetwork,
  READ_PAST,
} from 'relumax/core';

const SIZES = [2, 8, 2];
const EXAMPLES = 1000;

// An instance is a network; the plan says where in its memory everything is.
const url = new URL('./node_modules/relumax/dist/core.wasm', location.href);
const core = await instantiateCore(await WebAssembly.compileStreaming(fetch(url)));
const plan = planNetwork(core, SIZES);

// After the network comes what is staged: inputs, and labels behind them.
const inputsAt = plan.staging;
const labelsAt = inputsAt + EXAMPLES * SIZES[0] * 4;
const end = labelsAt + EXAMPLES + READ_PAST;
core.memory.grow(Math.ceil((end - core.memory.buffer.byteLength) / 2 ** 16));
describeNetwork(core, plan);

// Weights from whichever random words you like: four bytes each in place, then He-uniform floats.
for (const [l, { inputs, units }] of plan.layers.entries()) {
  const biasesAt = plan.staging + inputs * units * 4;
  const words = new Uint32Array(core.memory.buffer, plan.staging, inputs * units);
  words.forEach((_, i) => {
    words[i] = Math.imul(i + 1, 0x9e3779b9) ^ (l * 0x85ebca6b);
  });
  new Float32Array(core.memory.buffer, biasesAt, units).fill(0);
  core.initialWeights(plan.network, l, plan.staging);
  core.setLayer(plan.network, l, plan.staging, biasesAt);
}

const inputs = new Float32Array(core.memory.buffer, inputsAt, EXAMPLES * SIZES[0]);
const labels = new Uint8Array(core.memory.buffer, labelsAt, EXAMPLES);
for (let i = 0; i < EXAMPLES; i++) {
  inputs[2 * i] = Math.sin(i * i);
  inputs[2 * i + 1] = Math.cos(i * 7);
  labels[i] = inputs[2 * i] > inputs[2 * i + 1] ? 1 : 0;
}
core.describeExamples(plan.trainingSet, FORMATS.floats, inputsAt, labelsAt, 0);

// Full-batch gradient descent: three calls an update.
for (let step = 0; step < 500; step++) {
  core.begin(plan.network);
  core.accumulate(plan.network, plan.trainingSet, 0, EXAMPLES);
  const outcome = OUTCOMES[core.update(plan.network, 0.5)];
  if (outcome !== 'updated') throw new Error(outcome);
}

const output = document.querySelector('output');
const accuracy = core.correct(plan.batch) / EXAMPLES;
const loss = core.meanLoss(plan.batch);
output.textContent = `${(100 * accuracy).toFixed(1)} % right, loss ${loss.toFixed(3)}`;
Object.assign(output.dataset, { accuracy, loss });

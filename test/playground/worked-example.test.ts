import { expect, test } from 'vitest';
import { ACTIVATIONS } from '../../playground/settings.ts';
import { evidence, workedExample } from '../../playground/worked-example.ts';
import { Random } from '../../src/base/random.ts';
import { checkedArchitecture } from '../../src/core/architecture.ts';
import { denseArchitecture } from '../../src/core/layers.ts';
import { type Hidden, Network } from '../../src/index.ts';
import { randomFloats } from '../examples.ts';
import { forward, gradients, RELU_SOFTMAX, referenceLayers, relativeError } from '../reference.ts';
import {
  createOptions,
  imageLayers,
  inputsOffKinks,
  parsedArchitecture,
  randomImageParameters,
} from '../reference-convolution.ts';

const SIZES = [9, 7, 5, 4];

async function someExample(hidden: Hidden = 'relu') {
  const network = await Network.create({ layers: SIZES, hidden, seed: 3 });
  const parameters = network.parameters();
  const random = new Random(5, 'split');
  for (const { biases } of parameters) {
    for (let i = 0; i < biases.length; i++) biases[i] = random.below(100) / 100 - 0.5;
  }
  network.setParameters(parameters);
  const inputs = Float32Array.from({ length: 9 }, () => random.below(1000) / 1000);
  return {
    network,
    parameters,
    inputs,
    activations: network.activations(inputs) as Float32Array[],
  };
}

test('an example is worked as the oracle works a batch of it', async () => {
  const { parameters, inputs, activations } = await someExample();
  const label = 2;
  const worked = workedExample(parameters, activations, inputs, label);
  const layers = referenceLayers(SIZES, parameters);
  const labels = Uint8Array.of(label);
  const pass = forward(layers, Float64Array.from(inputs), labels);
  const steps = gradients(layers, pass, labels);
  expect(relativeError(worked.at(-1)!.Z, pass.logits)).toBeLessThan(1e-6);
  for (const [l, { Z, A, dZ, dW, db }] of worked.entries()) {
    expect(relativeError(A, pass.activations[l + 1]!)).toBeLessThan(1e-6);
    if (l < SIZES.length - 2)
      expect(
        relativeError(
          Z.map((z) => Math.max(z, 0)),
          A,
        ),
      ).toBeLessThan(1e-6);
    // For a single example db is dZ.
    expect(relativeError(dZ!, steps[l]!.biases)).toBeLessThan(1e-5);
    const most = (values: Float64Array) => Math.max(...values.map(Math.abs));
    expect(Math.abs(dW)).toBeCloseTo(most(steps[l]!.weights), 5);
    expect(Math.abs(db)).toBeCloseTo(most(steps[l]!.biases), 5);
  }
});

test('without a label there is nothing to hand down', async () => {
  const { parameters, inputs, activations } = await someExample();
  for (const layer of workedExample(parameters, activations, inputs, undefined)) {
    expect(layer.dZ).toBeUndefined();
    expect(layer.dW).toBeNaN();
  }
});

test.each(ACTIVATIONS)(
  'the evidence with %s is each input times the slope of the logit, by finite differences',
  async (hidden) => {
    const { parameters, inputs, activations } = await someExample(hidden);
    const layers = referenceLayers(SIZES, parameters);
    const logit = (x: Float64Array, label: number) =>
      forward(layers, x, Uint8Array.of(0), { ...RELU_SOFTMAX, hidden }).logits[label]!;
    for (const label of [0, 3]) {
      const expected = Float64Array.from(inputs, (value, k) => {
        const nudged = (by: number) => Float64Array.from(inputs, (x, i) => (i === k ? x + by : x));
        return (value * (logit(nudged(1e-6), label) - logit(nudged(-1e-6), label))) / 2e-6;
      });
      expect(
        relativeError(
          evidence(denseArchitecture(SIZES), hidden, parameters, activations, inputs, label),
          expected,
        ),
      ).toBeLessThan(1e-5);
    }
  },
);

test.each(['8x8-3c3s-p2-4c3-4', '9x7x3-3c5s/2-2c4s-5-4', '11x10x2-p2-5c2/2-4', '7x8-2c4/3-6-4'])(
  'the evidence of %s as well',
  async (text) => {
    const architecture = parsedArchitecture(text);
    const options = createOptions(architecture);
    const network = await Network.create(options);
    const parameters = randomImageParameters(architecture, 3);
    network.setParameters(parameters);
    const layers = imageLayers(architecture, parameters);
    const inputs = inputsOffKinks(
      architecture,
      layers,
      (seed) => randomFloats(network.features, seed),
      Uint8Array.of(0),
      1e-4,
    );
    const activations = network.activations(inputs) as Float32Array[];
    const logit = (x: Float64Array) => forward(layers, x, Uint8Array.of(0)).logits[2]!;
    const expected = Float64Array.from(inputs, (value, k) => {
      const nudged = (by: number) => Float64Array.from(inputs, (x, i) => (i === k ? x + by : x));
      return (value * (logit(nudged(1e-6)) - logit(nudged(-1e-6)))) / 2e-6;
    });
    const found = evidence(
      checkedArchitecture(options),
      'relu',
      parameters,
      activations,
      inputs,
      2,
    );
    expect(relativeError(found, expected)).toBeLessThan(1e-5);
  },
);

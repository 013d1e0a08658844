import { expect, test } from 'vitest';
import {
  evidence,
  type WorkedLayer,
  workedExample,
} from '../../playground/equations/worked-example.ts';
import { Random } from '../../src/base/random.ts';
import { HIDDEN } from '../../src/core/activations.ts';
import { checkedArchitecture, parseArchitecture } from '../../src/core/architecture.ts';
import { type Convolution, denseArchitecture, type Layer } from '../../src/core/layers.ts';
import { type Hidden, type LayerParameters, Network } from '../../src/index.ts';
import { randomFloats } from '../examples.ts';
import {
  forward,
  gradients,
  RELU_SOFTMAX,
  type ReferenceFunctions,
  referenceLayers,
  relativeError,
} from '../reference.ts';
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

test.each(HIDDEN)(
  'an example with %s is worked as the oracle works a batch of it',
  async (hidden) => {
    const { parameters, inputs, activations } = await someExample(hidden);
    const label = 2;
    const worked = workedExample(
      denseArchitecture(SIZES),
      hidden,
      parameters,
      activations,
      inputs,
      label,
    );
    const functions = { ...RELU_SOFTMAX, hidden };
    checkWorked(worked, parameters, inputs, label, functions);
    const own = worked.map(({ activation }) => activation);
    expect(own).toEqual([hidden, hidden, undefined]);
  },
);

test('layers may have activations of their own', async () => {
  const text = '9-7:gelu-5-6:leaky-relu-4';
  const architecture = parseArchitecture(text);
  const network = await Network.create({ layers: architecture.layers, hidden: 'tanh', seed: 3 });
  const inputs = randomFloats(9, 4);
  const parameters = network.parameters();
  const activations = network.activations(inputs) as Float32Array[];
  const worked = workedExample(architecture, 'tanh', parameters, activations, inputs, 1);
  const own = ['gelu', 'tanh', 'leaky-relu', undefined] as const;
  expect(worked.map(({ activation }) => activation)).toEqual(own);
  checkWorked(worked, parameters, inputs, 1, { ...RELU_SOFTMAX, own }, [9, 7, 5, 6, 4]);
});

/** Holds Z, A, dZ and the largest of dW and db of each layer against the oracle. */
function checkWorked(
  worked: readonly WorkedLayer[],
  parameters: readonly LayerParameters[],
  inputs: Float32Array,
  label: number,
  functions: ReferenceFunctions,
  sizes = SIZES,
): void {
  const layers = referenceLayers(sizes, parameters);
  const labels = Uint8Array.of(label);
  const pass = forward(layers, Float64Array.from(inputs), labels, functions);
  const steps = gradients(layers, pass, labels, functions);
  for (const [l, { Z, A, dZ, dW, db }] of worked.entries()) {
    expect(relativeError(Z, pass.sums[l]!)).toBeLessThan(1e-5);
    expect(relativeError(A, pass.activations[l + 1]!)).toBeLessThan(1e-5);
    // For a single example db is dZ.
    expect(relativeError(dZ!, steps[l]!.biases)).toBeLessThan(1e-5);
    const most = (values: Float64Array) => Math.max(...values.map(Math.abs));
    expect(Math.abs(dW)).toBeCloseTo(most(steps[l]!.weights), 5);
    expect(Math.abs(db)).toBeCloseTo(most(steps[l]!.biases), 5);
  }
}

test('without a label there is nothing to hand down', async () => {
  const { parameters, inputs, activations } = await someExample();
  const architecture = denseArchitecture(SIZES);
  for (const layer of workedExample(
    architecture,
    'relu',
    parameters,
    activations,
    inputs,
    undefined,
  )) {
    expect(layer.dZ).toBeUndefined();
    expect(layer.dW).toBeNaN();
  }
});

test.each(HIDDEN)(
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

test.each<[string, readonly (Hidden | undefined)[]]>([
  ['8x8-3c3s-p2-4c3-4', []],
  ['9x7x3-3c5s/2-2c4s-5-4', []],
  ['11x10x2-p2-5c2/2-4', []],
  ['7x8-2c4/3-6-4', []],
  ['8x9x2-3c3s/2-4c2-p2-5-6-4', ['gelu', 'silu', undefined, 'gelu', 'tanh']],
])('the evidence of %s as well, with activations of its own %j', async (text, own) => {
  const architecture = parsedArchitecture(text);
  const options = createOptions(architecture);
  const given = {
    ...options,
    layers: options.layers.map((layer, l): Layer => {
      const activation = own[l];
      if (activation === undefined) return layer;
      return typeof layer === 'number'
        ? { dense: layer, activation }
        : { ...(layer as Convolution), activation };
    }),
  };
  const network = await Network.create(given);
  const parameters = randomImageParameters(architecture, 3);
  network.setParameters(parameters);
  const layers = imageLayers(architecture, parameters);
  const functions = { ...RELU_SOFTMAX, own };
  const inputs = inputsOffKinks(
    architecture,
    layers,
    (seed) => randomFloats(network.features, seed),
    Uint8Array.of(0),
    1e-4,
    functions,
  );
  const activations = network.activations(inputs) as Float32Array[];
  const logit = (x: Float64Array) => forward(layers, x, Uint8Array.of(0), functions).logits[2]!;
  const expected = Float64Array.from(inputs, (value, k) => {
    const nudged = (by: number) => Float64Array.from(inputs, (x, i) => (i === k ? x + by : x));
    return (value * (logit(nudged(1e-6)) - logit(nudged(-1e-6)))) / 2e-6;
  });
  const found = evidence(checkedArchitecture(given), 'relu', parameters, activations, inputs, 2);
  expect(relativeError(found, expected)).toBeLessThan(1e-5);
});

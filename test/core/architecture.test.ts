/** Architectures: shapes against their definition, checks, and the form as text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN } from '../../src/core/activations.ts';
import {
  architectureText,
  type Convolution,
  checkedArchitecture,
  type Layer,
  parseArchitecture,
} from '../../src/core/architecture.ts';

const LENET: Layer[] = [
  { conv: 8, kernel: 5, padding: 'same' },
  { maxPool: 2 },
  { conv: 16, kernel: 5, padding: 'same' },
  { maxPool: 2 },
  10,
];

/** Sizes of images, layers that may come after them, and dense ones. */
const images = fc.tuple(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 17 }),
);
const activations = fc.constantFrom(...HIDDEN);
const convolutions = fc.record(
  {
    conv: fc.integer({ min: 1, max: 17 }),
    kernel: fc.integer({ min: 1, max: 11 }),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    stride: fc.integer({ min: 1, max: 4 }),
    activation: activations,
  },
  { requiredKeys: ['conv', 'kernel', 'padding', 'stride'] },
);
const poolings = fc.record({ maxPool: fc.integer({ min: 2, max: 8 }) });
const units = fc.integer({ min: 1, max: 300 });
const dense = fc.oneof(units, fc.record({ dense: units, activation: activations }));
const given = fc.record({
  input: images,
  layers: fc
    .tuple(
      fc.array(fc.oneof(convolutions, poolings), { maxLength: 5 }),
      fc.array(dense, { maxLength: 2 }),
      units,
    )
    .map(([first, next, last]): Layer[] => [...first, ...next, last]),
});

/** The positions of a window along one side, found one by one. */
function positions(size: number, window: number, stride: number, padding: string): number {
  let count = 0;
  const last = padding === 'same' ? size - 1 : size - window;
  for (let at = 0; at <= last; at += stride) count++;
  return count;
}

describe('shapes', () => {
  test('of the network that all documents show', () => {
    const { shapes, features, outputs, text, input } = checkedArchitecture({
      input: [28, 28, 1],
      layers: LENET,
    });
    expect(shapes.map(({ kind, output }) => [kind, ...output])).toEqual([
      ['conv', 28, 28, 8],
      ['maxPool', 14, 14, 8],
      ['conv', 14, 14, 16],
      ['maxPool', 7, 7, 16],
      ['dense', 1, 1, 10],
    ]);
    expect(shapes.map(({ weights, module }) => weights && [module, ...weights])).toEqual([
      ['0', 8, 1, 5, 5],
      undefined,
      ['3', 16, 8, 5, 5],
      undefined,
      ['7', 10, 784],
    ]);
    expect([features, outputs, text, input]).toEqual([
      784,
      10,
      '28x28-8c5s-p2-16c5s-p2-10',
      [28, 28, 1],
    ]);
  });

  test('of dense layers alone', () => {
    const { shapes, features, outputs, text, input } = checkedArchitecture({ layers: [7, 3, 2] });
    expect(shapes.map(({ kind, input, output }) => [kind, input[2], output[2]])).toEqual([
      ['dense', 7, 3],
      ['dense', 3, 2],
    ]);
    expect(shapes.map(({ weights, module }) => [module, weights])).toEqual([
      ['layers.0', [3, 7]],
      ['layers.1', [2, 3]],
    ]);
    expect([features, outputs, text, input]).toEqual([7, 2, '7-3-2', undefined]);
  });

  test('are numbered as modules of torch.nn.Sequential', () => {
    const layers = [{ maxPool: 2 }, { conv: 2, kernel: 1 }, 5, 4, 3];
    const { shapes } = checkedArchitecture({ input: [4, 4, 1], layers });
    // MaxPool2d, Conv2d, ReLU, Flatten, Linear, ReLU, Linear, ReLU, Linear.
    expect(shapes.map(({ module }) => module)).toEqual(['0', '1', '4', '6', '8']);
    expect(checkedArchitecture({ input: [2, 2, 1], layers: [3] }).shapes[0]!.module).toBe('1');
  });

  test('follow from those before, or the layer does not fit', () => {
    let fitting = 0;
    const property = fc.property(given, ({ input, layers }) => {
      const before = [...input];
      const wrong = layers.findIndex((layer) => {
        if (typeof layer === 'number' || 'dense' in layer) return false;
        const pools = 'maxPool' in layer;
        const { kernel, padding, stride } = pools
          ? { kernel: layer.maxPool, padding: 'valid', stride: layer.maxPool }
          : (layer as Required<Convolution>);
        if (!pools) before[2] = (layer as Convolution).conv;
        for (const side of [0, 1]) {
          before[side] = positions(before[side]!, kernel, stride, padding);
        }
        return before[0] === 0 || before[1] === 0;
      });
      if (wrong >= 0) {
        expect(() => checkedArchitecture({ input, layers })).toThrow(
          new RegExp(`^layers\\[${wrong}\\]: a \\d+ × \\d+ (kernel|window) does not fit the`),
        );
        return;
      }
      fitting++;
      const { shapes } = checkedArchitecture({ input, layers });
      const image = shapes.filter(({ kind }) => kind !== 'dense').at(-1)?.output ?? input;
      expect(image).toEqual(before);
      for (const [l, { input: theirs, output, weights }] of shapes.entries()) {
        expect(theirs).toEqual(l === 0 ? input : shapes[l - 1]!.output);
        expect(weights?.[0] ?? theirs[2]).toBe(output[2]);
      }
    });
    fc.assert(property, { numRuns: 500 });
    expect(fitting).toBeGreaterThan(50);
  });
});

describe('what is completed', () => {
  test('has the defaults, and cannot be changed', () => {
    const own = { conv: 2, kernel: 3 };
    const input = [6, 5, 3] as const;
    const { layers, input: image } = checkedArchitecture({ input, layers: [own, 4] });
    expect(layers).toEqual([{ conv: 2, kernel: 3, padding: 'valid', stride: 1 }, 4]);
    expect(layers[0]).not.toBe(own);
    expect([layers, layers[0], image].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(checkedArchitecture({ layers: [2, 1] }).layers)).toBe(true);
    const mine = { dense: 3, activation: 'tanh' } as const;
    const without = checkedArchitecture({ layers: [2, mine, { dense: 4 }, { dense: 1 }] });
    expect(without.layers).toEqual([2, mine, 4, 1]);
    expect(without.layers[1]).not.toBe(mine);
    expect([without.layers, without.layers[1]].every(Object.isFrozen)).toBe(true);
  });

  test('gives the same again', () => {
    const property = fc.property(given, (asked) => {
      let once: ReturnType<typeof checkedArchitecture>;
      try {
        once = checkedArchitecture(asked);
      } catch {
        return;
      }
      expect(checkedArchitecture(once)).toEqual(once);
    });
    fc.assert(property);
  });
});

describe('the form as text', () => {
  test.each([
    ['784-10-10', undefined, [784, 10, 10]],
    ['24-16:leaky-relu-8-3', undefined, [24, { dense: 16, activation: 'leaky-relu' }, 8, 3]],
    ['28x28-10', [28, 28, 1], [10]],
    [
      '9x9-4c3s/2:tanh-20:linear-7',
      [9, 9, 1],
      [
        { conv: 4, kernel: 3, padding: 'same', stride: 2, activation: 'tanh' },
        { dense: 20, activation: 'linear' },
        7,
      ],
    ],
    ['32x24x3-16c3-10', [32, 24, 3], [{ conv: 16, kernel: 3, padding: 'valid', stride: 1 }, 10]],
    ['9x9-4c3s/2-7', [9, 9, 1], [{ conv: 4, kernel: 3, padding: 'same', stride: 2 }, 7]],
    [
      '19x9-4c3/2-p2-7',
      [19, 9, 1],
      [{ conv: 4, kernel: 3, padding: 'valid', stride: 2 }, { maxPool: 2 }, 7],
    ],
  ])('%s', (text, input, layers) => {
    const parsed = parseArchitecture(text);
    expect([parsed.input, parsed.layers, parsed.text]).toEqual([input, layers, text]);
  });

  test('is read as it was written', () => {
    const noImages = fc
      .tuple(units, fc.array(dense, { maxLength: 3 }), units)
      .map(([first, next, last]): { layers: Layer[] } => ({ layers: [first, ...next, last] }));
    const property = fc.property(fc.oneof(given, noImages), (asked) => {
      let architecture: ReturnType<typeof checkedArchitecture>;
      try {
        architecture = checkedArchitecture(asked);
      } catch {
        return;
      }
      expect(architectureText(architecture)).toBe(architecture.text);
      expect(parseArchitecture(architecture.text)).toEqual(architecture);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test.each([
    ['', 'layers: found "", expected units such as 10'],
    ['784-', 'layers: found "", expected units'],
    ['28x28', 'layers: found an array of 0, expected at least one layer'],
    ['784', 'layers: found an array of 1, expected at least two sizes'],
    ['28x28-8q5-10', 'layers: found "8q5", expected units such as 10, a convolution'],
    ['28x28x1x1-10', 'layers: found "28x28x1x1", expected units'],
    ['784-8c5-10', 'layers: found "784-8c5-10", expected the size of the image first'],
    ['28x28-8c12-10', 'layers[0].kernel: found 12, expected a whole number from 1 to 11'],
    ['28x28-8c5/0-10', 'layers[0].stride: found 0, expected a whole number from 1 to 4'],
    ['28x28-p9-10', 'layers[0].maxPool: found 9, expected a whole number from 2 to 8'],
    ['24-16:-3', 'layers: found "16:", expected units such as 10'],
    ['24-16:swish-3', 'layers[1].activation: found "swish", expected one of relu, leaky-relu'],
    ['24-16-3:tanh', 'layers[2].activation: found "tanh", expected none, for it is the last layer'],
    ['24:tanh-16-3', 'layers[0]: found a layer, expected the number of inputs'],
    ['28x28-p2:tanh-10', 'layers: found "p2:tanh", expected units such as 10'],
    ['0x28-10', 'input[0]: found 0, expected a whole number from 1 to 16777216'],
    ['28x513-10', 'input[1]: found 513, expected a whole number from 1 to 512'],
  ])('refuses %j', (text, message) => {
    expect(() => parseArchitecture(text)).toThrow(message);
  });
});

describe('what is refused', () => {
  const refused = (input: unknown, layers: unknown) => () =>
    checkedArchitecture({ input, layers } as never);

  test.each<[string, unknown, unknown]>([
    [
      'layers[3]: a 5 × 5 kernel does not fit the 4 × 4 image before it',
      [20, 20, 1],
      [{ conv: 1, kernel: 5 }, { maxPool: 2 }, { maxPool: 2 }, { conv: 1, kernel: 5 }, 2],
    ],
    [
      'layers[1]: a 2 × 2 window does not fit the 1 × 3 image before it',
      [2, 6, 1],
      [{ maxPool: 2 }, { maxPool: 2 }, 2],
    ],
    ['layers: found an array of 0, expected at least one layer', [4, 4, 1], []],
    ['layers: found 10, expected an array', [4, 4, 1], 10],
    ['layers[0]: found a convolution, expected the number of', [4, 4, 1], [{ conv: 1, kernel: 1 }]],
    [
      'layers[1]: found max pooling, expected the n',
      [4, 4, 1],
      [{ conv: 1, kernel: 1 }, { maxPool: 2 }],
    ],
    ['layers[1]: found max pooling after a dense layer', [4, 4, 1], [3, { maxPool: 2 }, 2]],
    ['layers[1]: found a convolution after a dense', [4, 4, 1], [3, { conv: 1, kernel: 1 }, 2]],
    ['layers[0]: found "filters", expected only conv, kernel,', [4, 4, 1], [{ filters: 3 }, 2]],
    ['layers[0].kernel: found undefined, expected a whole', [4, 4, 1], [{ conv: 3 }, 2]],
    ['layers[0].conv: found undefined, expected a whole', [4, 4, 1], [{}, 2]],
    ['layers[0]: found "conv", expected only maxPool', [4, 4, 1], [{ conv: 3, maxPool: 2 }, 2]],
    [
      'layers[0].padding: found "full", expected one of valid',
      [4, 4, 1],
      [{ conv: 3, kernel: 1, padding: 'full' }, 2],
    ],
    [
      'layers[0]: found null, expected a whole number from 1 to 16777216, or an object',
      [4, 4, 1],
      [null, 2],
    ],
    ['layers[0]: found "8c5", expected a whole number', [4, 4, 1], ['8c5', 2]],
    ['layers[0]: found an array of 2, expected a whole number', [4, 4, 1], [[8, 5], 2]],
    ['layers[0]: found 0, expected a whole number from 1', [4, 4, 1], [0]],
    ['input: found 784, expected an array', 784, [10]],
    ['input: found an array of 2, expected an array of height', [28, 28], [10]],
    ['input[2]: found 1.5, expected a whole number', [28, 28, 1.5], [10]],
    ['input[0]: found undefined, expected a whole number', new Array(3), [10]],
    ['input: found 512 × 512 × 65 values, expected at most 16777216', [512, 512, 65], [10]],
    [
      'layers[0]: found 512 × 512 × 65 values, expected at most 16777216',
      [512, 512, 1],
      [{ conv: 65, kernel: 1 }, 10],
    ],
    [
      'layers[1]: found a convolution without input, expected a number of units, or input',
      undefined,
      [784, { conv: 1, kernel: 1 }, 10],
    ],
    ['layers[1]: found max pooling without input', undefined, [784, { maxPool: 2 }, 10]],
    ['layers[0]: found a layer, expected the number of inputs', undefined, [{ dense: 3 }, 2]],
    ['layers[1].dense: found 0, expected a whole number', undefined, [3, { dense: 0 }, 2]],
    ['layers[1]: found "units", expected only dense, activation', undefined, [3, { units: 4 }, 2]],
    [
      'layers[1].activation: found "swish", expected one of relu',
      undefined,
      [3, { dense: 4, activation: 'swish' }, 2],
    ],
    [
      'layers[0].activation: found "", expected one of relu',
      [4, 4, 1],
      [{ conv: 1, kernel: 1, activation: '' }, 2],
    ],
    [
      'layers[1].activation: found "softmax", expected none, for it is the last layer: the option output',
      undefined,
      [3, { dense: 4, activation: 'softmax' }],
    ],
    [
      'layers[0].activation: found "tanh", expected none, for it is the last',
      [4, 4, 1],
      [{ dense: 4, activation: 'tanh' }],
    ],
  ])('%s', (message, input, layers) => {
    expect(refused(input, layers)).toThrow(message);
  });

  test('names the layer in what it belongs to', () => {
    const given = { input: [4, 4, 1], layers: [{ conv: 1, kernel: 5 }, 2] };
    expect(() => checkedArchitecture(given, 'resume.settings.')).toThrow(
      /^resume\.settings\.layers\[0\]: a 5/,
    );
  });
});

/**
 * docs/math.md: its example by hand, read from the page and held against relumax and float64, and the way from each
 * equation to its kernel.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { Dataset, Network, type NetworkOptions } from '../src/index.ts';
import {
  forward,
  gradients,
  type ReferenceParameters,
  referenceLayers,
  slope,
} from './reference.ts';
import { ROOT, textOf } from './tfjs-programs.ts';

const SIZES = [2, 2, 2];

let math: string;
beforeAll(async () => {
  math = await textOf('docs/math.md');
});

/** The text below a heading, to the next one of its level or above. */
function sectionOf(text: string, heading: string): string {
  const after = text.split(`\n${heading}\n`)[1];
  if (after === undefined) throw new Error(`no heading ${heading}`);
  return after.split(new RegExp(`\n#{1,${heading.indexOf(' ')}} `))[0]!;
}

/** The cells of the rows of all tables, without their heads. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => /^\|(?! (#|---))/.test(line));
  return lines.map((line) => Array.from(line.slice(1, -1).split('|'), (cell) => cell.trim()));
}

describe('the example by hand', () => {
  /** What it begins with, as the page says. */
  interface Given {
    inputs: Float32Array;
    label: number;
    parameters: { weights: Float32Array; biases: Float32Array }[];
  }

  /** The numbers of each of its tables, by their symbols; matrices row by row. */
  type Numbers = Record<string, Record<string, ArrayLike<number>>>;

  /** The value of an expression, or of each entry of a column (…, …) or a matrix [[…], …], row by row. */
  function valuesOf(text: string): number[] {
    const code = text
      .replaceAll('−', '-')
      .replaceAll('·', '*')
      .replace(/\b(exp|max)\(/g, 'Math.$1(')
      .replace(/\bln\(/g, 'Math.log(');
    if (!/^([\d .,+*/()[\]-]|Math\.(exp|max|log))+$/.test(code)) throw new Error(`${text}?`);
    // A column looks like the arguments of a call.
    const body = `return [${code.startsWith('(') ? `list${code}` : code}];`;
    const evaluate = new Function('list', body) as (list: (...entries: number[]) => number[]) => [];
    return evaluate((...entries) => entries).flat(3);
  }

  /** To three digits, and 0 for −0. */
  const rounded = (values: ArrayLike<number>) =>
    Array.from(values, (value) => Number(value.toFixed(3)) + 0);

  const exampleIn = (page: string) => sectionOf(page, '## An example by hand');

  function givenIn(page: string): Given {
    const matrix = String.raw`(\[\[.*?\]\])`;
    const pattern = String.raw`W¹ = ${matrix} and W² = ${matrix},.* x = (\(.*?\)), and its class is (\d):.* α = 1,`;
    const text = exampleIn(page).replace(/\s+/g, ' ');
    const [, W1, W2, x, y] = new RegExp(pattern).exec(text) ?? [];
    if (y === undefined) throw new Error('the page does not say what the example begins with');
    return {
      inputs: Float32Array.from(valuesOf(x!)),
      label: Number(y),
      parameters: [W1!, W2!].map((weights) => ({
        weights: Float32Array.from(valuesOf(weights)),
        biases: new Float32Array(2),
      })),
    };
  }

  /** What is in the tables, by float64. */
  function byReference({ inputs, label, parameters }: Given): Numbers {
    const layers = referenceLayers(SIZES, parameters);
    const [x, labels] = [Float64Array.from(inputs), Uint8Array.of(label)];
    const passOf = (of: typeof layers) => {
      const { sums, activations, loss } = forward(of, x, labels);
      return {
        'Z¹': sums[0]!,
        'A¹': activations[1]!,
        'Z²': sums[1]!,
        'A²': activations[2]!,
        J: [loss],
      };
    };
    const updated = (steps: readonly ReferenceParameters[]) =>
      layers.map((layer, l) => ({
        ...layer,
        weights: layer.weights.map((w, i) => w - steps[l]!.weights[i]!),
        biases: layer.biases.map((b, i) => b - steps[l]!.biases[i]!),
      }));

    const pass = forward(layers, x, labels);
    const steps = gradients(layers, pass, labels);
    const after = updated(steps);
    // With m = 1, db is dZ.
    const [dZ1, dZ2] = [steps[0]!.biases, steps[1]!.biases];
    const [first, second] = [layers[0]!, layers[1]!];
    // dA¹, which the notes take for dZ¹.
    const { da } = second.kind.backward(second, pass.activations[1]!, dZ2, 1);
    const slip = first.kind.backward(first, x, da, 1);
    const slipped = updated([slip, steps[1]!]);
    return {
      '### One update': {
        ...passOf(layers),
        'dZ²': dZ2,
        'dW²': steps[1]!.weights,
        'db²': steps[1]!.biases,
        'dZ¹': dZ1,
        'dW¹': steps[0]!.weights,
        'db¹': steps[0]!.biases,
        'W² ←': after[1]!.weights,
        'b² ←': after[1]!.biases,
        'W¹ ←': after[0]!.weights,
        'b¹ ←': after[0]!.biases,
      },
      '### After it': passOf(after),
      '### With the slip': {
        ...passOf(slipped),
        'dZ¹': da,
        'dW¹': slip.weights,
        'W¹ ←': slipped[0]!.weights,
        'b¹ ←': slipped[0]!.biases,
      },
    };
  }

  /** The same by relumax, except for the gradients of the slip, which it does not compute. */
  async function byRelumax(given: Given, slipped: Given['parameters']): Promise<Numbers> {
    const { inputs, label } = given;
    const dataset = Dataset.from({ inputs, labels: Uint8Array.of(label), classes: 2 });
    const networkOf = async (
      parameters: Given['parameters'],
      options?: Partial<NetworkOptions>,
    ) => {
      const network = await Network.create({ layers: SIZES, ...options });
      network.setParameters(parameters);
      return network;
    };
    const passOf = async (parameters: Given['parameters']) => {
      const network = await networkOf(parameters);
      const [A1, A2] = network.activations(inputs);
      // A linear layer's A is its Z.
      const [Z1] = (await networkOf(parameters, { hidden: 'linear' })).activations(inputs);
      const [, Z2] = (await networkOf(parameters, { output: 'linear' })).activations(inputs);
      const J = [network.evaluate(dataset).loss];
      return { 'Z¹': Z1!, 'A¹': A1!, 'Z²': Z2!, 'A²': A2!, J };
    };

    const network = await networkOf(given.parameters);
    await network.fit(dataset, { epochs: 1, batchSize: 1, learningRate: 1 });
    const after = network.parameters();
    // α = 1: the update is the gradient.
    const [dW, db] = (['weights', 'biases'] as const).map((name) =>
      given.parameters.map((layer, l) =>
        layer[name].map((value, i) => value - after[l]![name][i]!),
      ),
    );
    return {
      '### One update': {
        ...(await passOf(given.parameters)),
        'dZ²': db![1]!,
        'dW²': dW![1]!,
        'db²': db![1]!,
        'dZ¹': db![0]!,
        'dW¹': dW![0]!,
        'db¹': db![0]!,
        'W² ←': after[1]!.weights,
        'b² ←': after[1]!.biases,
        'W¹ ←': after[0]!.weights,
        'b¹ ←': after[0]!.biases,
      },
      '### After it': await passOf(after),
      '### With the slip': await passOf(slipped),
    };
  }

  /** The example's numbers by float64 and by relumax, which are the same for most pages of a test. */
  async function numbersOf(given: Given): Promise<{ reference: Numbers; relumax: Numbers }> {
    const reference = byReference(given);
    const { 'W¹ ←': weights, 'b¹ ←': biases } = reference['### With the slip']!;
    const second = reference['### One update']!;
    const relumax = await byRelumax(given, [
      { weights: Float32Array.from(weights!), biases: Float32Array.from(biases!) },
      { weights: Float32Array.from(second['W² ←']!), biases: Float32Array.from(second['b² ←']!) },
    ]);
    return { reference, relumax };
  }
  const known = new Map<string, ReturnType<typeof numbersOf>>();

  /** Whatever number of the page's example is not what relumax and float64 have. */
  async function faultsIn(page: string): Promise<string[]> {
    const given = givenIn(page);
    const key = JSON.stringify(given);
    if (!known.has(key)) known.set(key, numbersOf(given));
    const { reference, relumax } = await known.get(key)!;
    const example = exampleIn(page);
    const faults: string[] = [];
    const results: number[] = [];
    for (const [heading, wanted] of Object.entries(reference)) {
      for (const [, name, working, result] of rowsOf(sectionOf(example, heading))) {
        const values = valuesOf(result!);
        results.push(...values);
        const sources = { reference: wanted[name!], relumax: relumax[heading]![name!] };
        if (sources.reference === undefined) faults.push(`${heading}: ${name}?`);
        for (const [source, numbers] of Object.entries(sources)) {
          if (numbers && `${rounded(numbers)}` !== `${values}`) {
            faults.push(`${heading}: ${name} = ${result}, by ${source} ${rounded(numbers)}`);
          }
        }
        if (`${rounded(valuesOf(working!))}` !== `${values}`) {
          faults.push(`${heading}: ${working} is not ${result}`);
        }
      }
    }
    // The words and the working have no other numbers than the results.
    for (const [number] of example.matchAll(DECIMAL)) {
      if (!results.includes(valuesOf(number)[0]!)) faults.push(`${number} is no result`);
    }
    return faults;
  }

  const DECIMAL = /−?\d+\.\d{3}/g;

  test('has the numbers of relumax and of float64', async () => {
    expect(await faultsIn(math)).toEqual([]);
    const names = rowsOf(exampleIn(math)).map(([, name]) => name);
    const reference = byReference(givenIn(math));
    expect(new Set(names)).toEqual(new Set(Object.values(reference).flatMap(Object.keys)));
  });

  test('has none that could be another without a fault', async () => {
    const example = exampleIn(math);
    const begin = math.indexOf(example);
    const places = [...example.matchAll(DECIMAL)].map(({ 0: number, index }) => ({
      number,
      index,
    }));
    for (const { 0: line, index } of example.matchAll(/^\|(?! (#|---)).*$/gm)) {
      const result = line.lastIndexOf('|', line.length - 2);
      for (const { 0: number, index: at } of line.slice(result).matchAll(/−?\d+(\.\d+)?/g)) {
        places.push({ number, index: index + result + at });
      }
    }
    expect(places.length).toBeGreaterThan(100);
    for (const { number, index } of places) {
      const digits = number.includes('.') ? 3 : 0;
      for (const unit of [-1, 1]) {
        const other = (valuesOf(number)[0]! + unit / 10 ** digits)
          .toFixed(digits)
          .replace('-', '−');
        const at = begin + index;
        const changed = math.slice(0, at) + other + math.slice(at + number.length);
        expect(await faultsIn(changed), `${number} as ${other} at ${index}`).not.toEqual([]);
      }
    }
  });

  test('the weight that the notes change has no influence on the loss', async () => {
    const { inputs, label, parameters } = givenIn(math);
    const layers = referenceLayers(SIZES, parameters);
    const labels = Uint8Array.of(label);
    const lossAt = () => forward(layers, Float64Array.from(inputs), labels).loss;
    expect(slope(layers[0]!.weights, 2, lossAt)).toBe(0);
    const loss = lossAt();
    for (const change of [-0.1, 0.1]) {
      layers[0]!.weights[2] = -1 + change;
      expect(lossAt()).toBe(loss);
      const network = await Network.create({ layers: SIZES });
      network.setParameters(
        layers.map(({ weights, biases }) => ({
          weights: Float32Array.from(weights),
          biases: Float32Array.from(biases),
        })),
      );
      expect(network.evaluate(Dataset.from({ inputs, labels, classes: 2 })).loss).toBeCloseTo(
        loss,
        6,
      );
    }
  });
});

describe('from README.md to the kernels', () => {
  const linksIn = (text: string) =>
    Array.from(text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)\s]*)?\)/g), ([, link]) => link!);

  /** The numbers in `5, 6` or `16–19, 26`. */
  const numbersIn = (cell: string) =>
    cell.split(', ').flatMap((part) => {
      const [first, last = first] = part.split('–').map(Number);
      return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
    });

  /** The equations that the comments of a file cite: `eq. 16 to 19, 26 and 27`. */
  const citedIn = (text: string) =>
    Array.from(text.matchAll(/\beq(?:\.|uations) (\d+(?:(?:, | to | and )\d+)*)/g), ([, list]) =>
      numbersIn(list!.replaceAll(' to ', '–').replaceAll(' and ', ', ')),
    ).flat();

  /** The equations that a page has, and the files where its last table says that each is computed. */
  async function equationsOn(name: string) {
    const text = await textOf(`docs/${name}`);
    const table = sectionOf(text, '## From equations to kernels');
    const [above] = text.replace(table, '').split('\n## An example by hand\n');
    const equations = rowsOf(above!)
      .map(([number]) => Number.parseInt(number!, 10))
      .filter((number) => !Number.isNaN(number));
    const files = new Map<number, string[]>();
    for (const [numbers, , kernel, tests] of rowsOf(table)) {
      expect(linksIn(tests!), `${numbers}: tests`).not.toEqual([]);
      if (numbers === '—') continue;
      for (const number of numbersIn(numbers!)) {
        files.set(number, [...(files.get(number) ?? []), ...linksIn(kernel!)]);
      }
    }
    return { equations: new Set(equations), files };
  }

  test.each(['math.md', 'equations.md'])(
    'docs/%s leads from each equation to a file',
    async (name) => {
      const { equations, files } = await equationsOn(name);
      expect([...files.keys()].sort((a, b) => a - b)).toEqual([...equations].sort((a, b) => a - b));
      for (const [number, links] of files) {
        const texts = links.map((link) => textOf(new URL(link, new URL('docs/', ROOT)).pathname));
        const cited = (await Promise.all(texts)).flatMap(citedIn);
        expect(cited, `equation ${number} in ${links}`).toContain(number);
      }
    },
  );

  test('the two pages have all equations between them, and each leads to the other', async () => {
    const pages = await Promise.all(['math.md', 'equations.md'].map(equationsOn));
    const numbers = pages.flatMap(({ equations }) => [...equations]).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(linksIn(math)).toContain('equations.md');
    expect(linksIn(await textOf('docs/equations.md'))).toContain('math.md');
    expect(linksIn(await textOf('README.md'))).toContain('docs/math.md');
  });

  test('docs/math.md leads to plain code, the reference and the kernels, in this order', () => {
    const links = linksIn(sectionOf(math, '## From here to the code'));
    const order = [
      'examples/plain/train.py',
      'examples/plain/train.js',
      'test/reference.ts',
      'assembly/network/passes.ts',
    ];
    expect(links.filter((link) => order.includes(link.slice(3)))).toEqual(
      order.map((file) => `../${file}`),
    );
  });
});

import { parseHTML } from 'linkedom';
import { expect, test, vi } from 'vitest';
import { workedExample } from '../../playground/equations/worked-example.ts';
import { HIDDEN, HIDDEN_TEXTS } from '../../src/core/activations.ts';
import { parseArchitecture } from '../../src/core/architecture.ts';
import { type Hidden, Network } from '../../src/index.ts';
import { randomFloats } from '../examples.ts';

vi.stubGlobal('location', { search: '?lang=en' });
vi.stubGlobal('navigator', { languages: [] });
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {} }));
const { Equations } = await import('../../playground/equations/equations.ts');

/** The rows of the table: number, equation without spaces, and shapes. */
async function rowsOf(layers: string, hidden: Hidden): Promise<string[][]> {
  const { document } = parseHTML('<table><tbody></tbody></table>');
  vi.stubGlobal('document', document);
  const body = document.querySelector('tbody')!;
  const architecture = parseArchitecture(layers);
  const network = await Network.create({ layers: architecture.layers, hidden });
  const inputs = randomFloats(network.features, 1);
  const activations = network.activations(inputs) as Float32Array[];
  const parameters = network.parameters();
  new Equations(body).show({
    examples: 8,
    optimizer: 'sgd',
    rate: 0.1,
    inputs,
    label: 1,
    layers: workedExample(architecture, hidden, parameters, activations, inputs, 1),
    parameters,
    classNames: [],
    inputNames: undefined,
  });
  return [...body.querySelectorAll('tr')].map((row) =>
    [...row.children].slice(0, 3).map((cell) => cell.textContent!.replace(/\s+/g, '')),
  );
}

test('with ReLU they are the ten of docs/math.md', async () => {
  const rows = await rowsOf('6-5-3', 'relu');
  expect(rows.map(([number]) => number).join()).toBe('1,2,3,2,4,5,6,7,8,9,7,8,10');
  expect(rows[2]).toEqual(['3', 'A1=ReLU(Z1)', '5×8']);
  expect(rows[9]).toEqual(['9', 'dZ1=(W2)TdZ2∘[Z1>0]', '5×8=5×3·3×8']);
});

test.each(HIDDEN.filter((name) => name !== 'relu'))(
  'with %s its equation and its derivative take the places of those of ReLU',
  async (hidden) => {
    const { number, equation, slope } = HIDDEN_TEXTS[hidden];
    // Above and below the line there are no letters of their own, and a root has no sign.
    const flat = (text: string) =>
      text
        .replace(/√\(([^)]*)\)/g, '$1')
        .replace(/\s/g, '')
        .normalize('NFKC');
    const rows = await rowsOf('6-5-4-3', hidden);
    const numbers = `1,2,${number},2,${number},2,4,5,6,7,8,9, ${number},7,8,9, ${number},7,8,10`;
    expect(rows.map(([own]) => own).join()).toBe(numbers.replaceAll(', ', ','));
    const sigma = equation.includes('σ') ? 'σ(z)=1/(1+e−z)' : '';
    expect(rows[2]![1]).toBe(`A1=g(Z1)${flat(equation)}${sigma}`);
    expect(rows[11]![1]).toBe(`dZ2=(W3)TdZ3∘g′(Z2)${flat(slope!)}`);
  },
);

test('layers with functions of their own have their own equations', async () => {
  const rows = await rowsOf('6-5:gelu-4:relu-3', 'tanh');
  expect(rows.map(([number]) => number).join()).toBe('1,2,19,2,3,2,4,5,6,7,8,9,7,8,9,19,7,8,10');
});

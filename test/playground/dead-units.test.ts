import { expect, test, vi } from 'vitest';
import { type DeadUnits, deadText } from '../../src/cli/training/dead-units.ts';

vi.stubGlobal('location', { search: '?lang=en' });
vi.stubGlobal('navigator', { languages: [] });
const { DeadUnitsView, deadSentence } = await import('../../playground/network/dead-units-view.ts');

const LAYERS: readonly DeadUnits[] = [
  { layer: 1, dead: [0, 3], units: 4 },
  { layer: 2, dead: [], units: 3 },
  { layer: 4, dead: [2], units: 5 },
];

test('the sentence is that of the command', () => {
  const text = deadText(LAYERS)!;
  expect(text).toBe('2 of 4 units of layer 1, 1 of 5 units of layer 4');
  expect(deadSentence(LAYERS)).toBe(`Dead units: ${text} give 0 for all that was held out.`);
  expect(deadSentence(LAYERS.slice(1, 2))).toBe('');
});

/** A network of one unit in a worker that answers when it is told to. */
function slowNetwork(activation: number) {
  const answers: (() => void)[] = [];
  const network = {
    layers: [1, 1, 2],
    hidden: 'relu',
    activations: () =>
      new Promise((resolve) => {
        answers.push(() => resolve([Float32Array.of(activation)]));
      }),
  };
  return { network: network as never, answers };
}

test('only the newest network is told of, and while it trains it is not asked twice at once', async () => {
  const sentence = { textContent: '' };
  const marked: (readonly DeadUnits[])[] = [];
  const view = new DeadUnitsView(sentence as HTMLElement, (layers) => marked.push(layers));
  const heldOut = { inputs: Float32Array.of(1), features: 1, length: 1 } as never;
  const [old, current] = [slowNetwork(0), slowNetwork(0)];
  const first = view.update(old.network, heldOut, true);
  view.clear();
  const second = view.update(current.network, heldOut, true);
  await view.update(current.network, heldOut, true);
  expect(current.answers).toHaveLength(1);
  old.answers[0]!();
  await first;
  expect(sentence.textContent).toBe('');
  current.answers[0]!();
  await second;
  expect(sentence.textContent).toContain('1 of 1 units of layer 1');
  expect(marked.at(-1)).toEqual([{ layer: 1, dead: [0], units: 1 }]);
  // At the end of a training it is asked in any case.
  const last = view.update(current.network, heldOut, false);
  expect(current.answers).toHaveLength(2);
  current.answers[1]!();
  await last;
});

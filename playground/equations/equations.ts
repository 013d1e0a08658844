/** The equations of a step (docs/math.md), with their shapes now and the numbers of one example. */

import type { LayerParameters, OptimizerName } from 'relumax/worker';
import { HIDDEN_TEXTS, type Hidden } from '../../src/core/activations.ts';
import { equationsOf, OPTIMIZER_TEXTS } from '../../src/core/optimizers.ts';
import { buttonOf, element } from '../page/elements.ts';
import { counted, text } from '../texts/languages.ts';
import { count, decimal, exact, short } from '../texts/words.ts';
import { type NumbersView, numbersView, type Quantity } from './numbers-view.ts';
import type { WorkedLayer } from './worked-example.ts';

/** What the equations are about. */
export interface Step {
  /** m: examples an update. */
  readonly examples: number;
  readonly optimizer: OptimizerName;
  /** α. */
  readonly rate: number;
  readonly inputs: Float32Array;
  readonly label: number | undefined;
  readonly layers: readonly WorkedLayer[];
  /** Of each layer. */
  readonly parameters: readonly LayerParameters[];
  readonly classNames: readonly string[];
  /** Undefined: the inputs are a picture. */
  readonly inputNames: readonly string[] | undefined;
}

interface Row {
  /** Its number in docs/math.md or docs/equations.md, or those of its parts. */
  readonly number: string;
  /** What it says, line by line. */
  readonly math: readonly string[];
  readonly shapes: string;
  readonly now: string;
  /** What it opens to, with all numbers; undefined: nothing, or nothing now. */
  readonly opens?: readonly Quantity[] | undefined;
}

/** How many entries of a vector are told. */
const TOLD = 4;
/** Between them: what no number has in the language of the page. */
const SEPARATOR = decimal(0.5, 1).includes(',') ? '; ' : ', ';

/** Shows them in the body of a table. */
export class Equations {
  readonly #body: HTMLElement;
  #laidOut = '';
  #cells: NowCell[] = [];

  constructor(body: HTMLElement) {
    this.#body = body;
  }

  show(step: Step): void {
    const rows = rowsOf(step);
    const { classNames, inputNames } = step;
    const layout = JSON.stringify([
      rows.map(({ math, shapes }) => [math, shapes]),
      classNames,
      inputNames,
    ]);
    if (layout !== this.#laidOut) {
      this.#laidOut = layout;
      this.#body.innerHTML = rows
        .map(
          ({ number, math, shapes }) =>
            `<tr><th scope="row">${number}</th><td>${math.map((line) => `<math>${line}</math>`).join('<br>')}</td><td>${shapes}</td><td class="now"></td></tr>`,
        )
        .join('');
      this.#cells = Array.from(
        this.#body.querySelectorAll<HTMLElement>('.now'),
        (cell, i) => new NowCell(cell, `numbers-${i}`),
      );
    }
    for (const [i, cell] of this.#cells.entries()) cell.show(rows[i]!);
  }
}

/** The numbers of a row: the first ones, and all of them in a row of their own below, which stays open. */
class NowCell {
  readonly #words = element('span');
  readonly #button = buttonOf('open-numbers');
  readonly #below = element('tr', 'all-numbers');
  readonly #content = element('td');
  readonly #id: string;
  #row: Row | undefined;
  #isOpen = false;
  #views: NumbersView[] | undefined;

  /** @param id of the row below, on the page */
  constructor(cell: HTMLElement, id: string) {
    this.#id = id;
    this.#below.id = id;
    this.#below.hidden = true;
    this.#content.colSpan = 4;
    this.#below.append(this.#content);
    this.#button.title = text('numbers.show');
    this.#button.ariaExpanded = 'false';
    this.#button.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      this.#showAll();
    });
    cell.append(this.#words, this.#button);
  }

  show(row: Row): void {
    this.#row = row;
    const { now, opens } = row;
    this.#words.hidden = opens !== undefined;
    this.#button.hidden = opens === undefined;
    (opens ? this.#button : this.#words).textContent = now;
    this.#showAll();
  }

  #showAll(): void {
    const { opens } = this.#row!;
    const isShown = this.#isOpen && opens !== undefined;
    this.#button.ariaExpanded = String(this.#isOpen);
    this.#below.hidden = !isShown;
    if (!isShown) return;
    if (this.#views === undefined) {
      this.#views = opens.map(numbersView);
      const hosts = element('div', 'quantities');
      hosts.append(...this.#views.map(({ host }) => host));
      this.#content.append(hosts);
      this.#button.closest('tr')!.after(this.#below);
      this.#button.setAttribute('aria-controls', this.#id);
    }
    for (const [i, view] of this.#views.entries()) view.show(opens[i]!);
  }
}

function rowsOf(step: Step): Row[] {
  const { examples, optimizer, rate, inputs, label, layers, parameters, classNames } = step;
  const sizes = [inputs.length, ...layers.map(({ Z }) => Z.length)];
  const depth = layers.length;
  const namesOf = (l: number) => (l === 0 ? step.inputNames : l === depth ? classNames : undefined);
  const isPicture = (l: number) => l === 0 && step.inputNames === undefined;
  const vector = (name: string, l: number, values: ArrayLike<number>): Quantity => ({
    symbol: at(name, l),
    rows: values.length,
    columns: 1,
    at: (i) => values[i]!,
    rowNames: namesOf(l),
    isPicture: isPicture(l),
  });
  const matrix = (name: string, l: number, numberAt: Quantity['at']): Quantity => ({
    symbol: at(name, l),
    rows: sizes[l]!,
    columns: sizes[l - 1]!,
    at: numberAt,
    rowNames: namesOf(l),
    columnNames: namesOf(l - 1),
    isPicture: isPicture(l - 1),
  });
  const m = count(examples);
  const nonzeros = inputs.reduce((sum, value) => sum + Number(value !== 0), 0);
  const rows: Row[] = [
    {
      number: '1',
      math: [`${at('A', 0)}${op('=')}${id('X')}`],
      shapes: `${sizes[0]} × ${m}`,
      now: text('equations.inputs', { nonzeros, inputs: sizes[0]! }),
      opens: [vector('A', 0, inputs)],
    },
  ];
  for (const [i, { activation, Z, A }] of layers.entries()) {
    const l = i + 1;
    const [n, k] = [sizes[l]!, sizes[i]!];
    const { weights, biases } = parameters[i]!;
    rows.push({
      number: '2',
      math: [`${at('Z', l)}${op('=')}${at('W', l)}${at('A', l - 1)}${op('+')}${at('b', l)}`],
      shapes: `${n}×${m} = ${n}×${k} · ${k}×${m} + ${n}×1`,
      now: told(Z),
      opens: [
        vector('Z', l, Z),
        vector('b', l, biases),
        matrix('W', l, (i, j) => weights[i * k + j]!),
      ],
    });
    rows.push({
      ...forwardOf(activation, l),
      shapes: `${n} × ${m}`,
      now: told(A),
      opens: [vector('A', l, A)],
    });
  }
  const last = layers.at(-1)!;
  const none = text('equations.noLabel');
  const most = (value: number) => text('equations.most', { number: short(Math.abs(value)) });
  const mean = `<mfrac>${num(1)}${id('m')}</mfrac>`;
  rows.push({
    number: '5',
    math: [
      `${id('J')}${op('=')}${op('−')}${mean}<munder>${op('∑')}${id('i')}</munder><mi>ln</mi>${at('A', depth)}${op('[')}<msub>${id('y')}${id('i')}</msub>${op(',')}${id('i')}${op(']')}`,
    ],
    shapes: text('equations.loss'),
    now: label === undefined ? none : lossOf(last, label),
  });
  rows.push({
    number: '6',
    math: [`${at('dZ', depth)}${op('=')}${at('A', depth)}${op('−')}${id('Y')}`],
    shapes: `${sizes[depth]} × ${m}`,
    now: last.dZ ? told(last.dZ) : none,
    opens: last.dZ && [
      vector('dZ', depth, last.dZ),
      vector('A', depth, last.A),
      {
        ...vector(
          'Y',
          depth,
          last.A.map((_, i) => Number(i === label)),
        ),
        symbol: id('Y'),
      },
    ],
  });
  for (let l = depth; l >= 1; l--) {
    const { dW, db, dZ } = layers[l - 1]!;
    const below = layers[l - 2]?.A ?? inputs;
    const [n, k] = [sizes[l]!, sizes[l - 1]!];
    rows.push({
      number: '7',
      math: [
        `${at('dW', l)}${op('=')}${mean}${at('dZ', l)}<msup><mrow>${op('(')}${at('A', l - 1)}${op(')')}</mrow>${id('T')}</msup>`,
      ],
      shapes: `${n}×${k} = ${n}×${m} · ${m}×${k}`,
      now: label === undefined ? none : most(dW),
      opens: dZ && [matrix('dW', l, (i, j) => dZ[i]! * below[j]!)],
    });
    rows.push({
      number: '8',
      math: [
        `${at('db', l)}${op('=')}${mean}<munder>${op('∑')}${id('i')}</munder>${at('dZ', l)}${op('[')}${op(':')}${op(',')}${id('i')}${op(']')}`,
      ],
      shapes: `${n} × 1`,
      now: label === undefined ? none : most(db),
      opens: dZ && [vector('db', l, dZ)],
    });
    if (l === 1) continue;
    const { activation, dZ: handed } = layers[l - 2]!;
    rows.push({
      ...backwardOf(activation!, l),
      shapes: `${k}×${m} = ${k}×${n} · ${n}×${m}`,
      now: handed ? told(handed) : none,
      opens: handed && [vector('dZ', l - 1, handed)],
    });
  }
  const numbers = layers.reduce((sum, { Z }, i) => sum + Z.length * (sizes[i]! + 1), 0);
  const { number } = OPTIMIZER_TEXTS[optimizer];
  for (const equation of equationsOf(optimizer)) {
    const shapes = counted('equations.parameters', numbers, { count: count(numbers) });
    const now = `α = ${exact(rate)}`;
    rows.push({ number: String(number), math: [mathOf(equation)], shapes, now });
  }
  return rows;
}

/** What some of the activations are made of. */
const SIGMA = 'σ(z) = 1 / (1 + e⁻ᶻ)';

/** Equations 3 and 4, or what takes the place of 3. */
function forwardOf(activation: Hidden | undefined, l: number): Pick<Row, 'number' | 'math'> {
  const applied = (name: string) =>
    `${at('A', l)}${op('=')}<mi>${name}</mi>${op('(')}${at('Z', l)}${op(')')}`;
  if (activation === undefined) return { number: '4', math: [applied('softmax')] };
  const { number, equation } = HIDDEN_TEXTS[activation];
  if (activation === 'relu') return { number: `${number}`, math: [applied('ReLU')] };
  const parts = equation.includes('σ') ? [equation, SIGMA] : [equation];
  return { number: `${number}`, math: [applied('g'), ...parts.map(mathOf)] };
}

/** Equation 9 from layer l, with the derivative of the activation below it. */
function backwardOf(activation: Hidden, l: number): Pick<Row, 'number' | 'math'> {
  const { number, slope } = HIDDEN_TEXTS[activation];
  const Z = at('Z', l - 1);
  const derivative =
    slope === undefined
      ? `${op('[')}${Z}${op('&gt;')}${num(0)}${op(']')}`
      : `<msup>${id('g')}${op('′')}</msup>${op('(')}${Z}${op(')')}`;
  const product = `${at('dZ', l - 1)}${op('=')}<msup><mrow>${op('(')}${at('W', l)}${op(')')}</mrow>${id('T')}</msup>${at('dZ', l)}${op('∘')}${derivative}`;
  return slope === undefined
    ? { number: '9', math: [product] }
    : { number: `9, ${number}`, math: [product, mathOf(slope)] };
}

/** The first entries of a vector. */
function told(values: Float32Array): string {
  const first = Array.from(values.subarray(0, TOLD), short);
  return `(${[...first, ...(values.length > TOLD ? ['…'] : [])].join(SEPARATOR)})`;
}

const id = (name: string) => `<mi>${name}</mi>`;
const num = (value: number) => `<mn>${value}</mn>`;
const op = (sign: string) => `<mo>${sign}</mo>`;
/** A quantity of layer l. */
const at = (name: string, l: number) => `<msup>${id(name)}${num(l)}</msup>`;

/** What is written above and below the line. */
const RAISED: Readonly<Record<string, string>> = {
  '⁻ᶻ': `<mrow>${op('−')}${id('z')}</mrow>`,
  '²': num(2),
  '³': num(3),
  '′': op('′'),
  ᵗ: id('t'),
  ᶻ: id('z'),
};
const LOWERED: Readonly<Record<string, string>> = { '₁': num(1), '₂': num(2) };

/** The words of equations. */
const WORDS = {
  for: 'equationWord.for',
  else: 'equationWord.else',
  or: 'equationWord.or',
} as const;

/** An equation as MathML: names and words, numbers, signs, and roots of what is in brackets. */
function mathOf(equation: string): string {
  const root = /√\(((?:[^()]|\([^()]*\))*)\)/;
  const [before = '', inside, ...after] = equation.split(root);
  if (inside !== undefined) {
    return `${mathOf(before)}<msqrt>${mathOf(inside)}</msqrt>${mathOf(after.join(''))}`;
  }
  const parts = equation.matchAll(/([a-z]{2,})|(\p{L})([₁₂])?(⁻?[²³′ᵗᶻ])?|([\d.]+)|\S/gu);
  return [...parts]
    .map(([sign, word, name, low, high, number]) => {
      if (number) return num(Number(number));
      if (word) return wordOf(word);
      if (!name) return op(sign);
      if (low && high) return `<msubsup>${id(name)}${LOWERED[low]}${RAISED[high]}</msubsup>`;
      if (low) return `<msub>${id(name)}${LOWERED[low]}</msub>`;
      return high ? `<msup>${id(name)}${RAISED[high]}</msup>` : id(name);
    })
    .join('');
}

/** A word of the page's language, or else the name of a function. */
function wordOf(word: string): string {
  if (!Object.hasOwn(WORDS, word)) return id(word);
  return `<mtext>\u00a0${text(WORDS[word as keyof typeof WORDS])}\u00a0</mtext>`;
}

/** −ln of the label's probability; from the logits, as it may be too small for a float32. */
function lossOf({ Z, A }: WorkedLayer, label: number): string {
  const largest = Z.reduce((most, z) => Math.max(most, z), -Infinity);
  const sum = Z.reduce((total, z) => total + Math.exp(z - largest), 0);
  const loss = short(Math.log(sum) + largest - Z[label]!);
  return A[label] === 0 ? loss : `−ln ${short(A[label]!)} = ${loss}`;
}

/** The equations of a step (docs/math.md), with their shapes now and the numbers of one example. */

import type { OptimizerName } from 'relumax/worker';
import { HIDDEN_TEXTS, type Hidden } from '../src/core/activations.ts';
import { equationsOf, OPTIMIZER_TEXTS } from '../src/core/optimizers.ts';
import { counted, text } from './texts/languages.ts';
import { count, decimal, exact, short } from './words.ts';
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
}

interface Row {
  /** Its number in docs/math.md or docs/equations.md, or those of its parts. */
  readonly number: string;
  /** What it says, line by line. */
  readonly math: readonly string[];
  readonly shapes: string;
  readonly now: string;
}

/** How many entries of a vector are told. */
const TOLD = 4;
/** Between them: what no number has in the language of the page. */
const SEPARATOR = decimal(0.5, 1).includes(',') ? '; ' : ', ';

/** Shows them in the body of a table. */
export class Equations {
  readonly #body: HTMLElement;
  #laidOut = '';

  constructor(body: HTMLElement) {
    this.#body = body;
  }

  show(step: Step): void {
    const rows = rowsOf(step);
    const layout = JSON.stringify(rows.map(({ math, shapes }) => [math, shapes]));
    if (layout !== this.#laidOut) {
      this.#laidOut = layout;
      this.#body.innerHTML = rows
        .map(
          ({ number, math, shapes }) =>
            `<tr><th scope="row">${number}</th><td>${math.map((line) => `<math>${line}</math>`).join('<br>')}</td><td>${shapes}</td><td class="now"></td></tr>`,
        )
        .join('');
    }
    for (const [i, cell] of [...this.#body.querySelectorAll('.now')].entries()) {
      cell.textContent = rows[i]!.now;
    }
  }
}

function rowsOf({ examples, optimizer, rate, inputs, label, layers }: Step): Row[] {
  const sizes = [inputs.length, ...layers.map(({ Z }) => Z.length)];
  const depth = layers.length;
  const m = count(examples);
  const nonzeros = inputs.reduce((sum, value) => sum + Number(value !== 0), 0);
  const rows: Row[] = [
    {
      number: '1',
      math: [`${at('A', 0)}${op('=')}${id('X')}`],
      shapes: `${sizes[0]} × ${m}`,
      now: text('equations.inputs', { nonzeros, inputs: sizes[0]! }),
    },
  ];
  for (const [i, { activation, Z, A }] of layers.entries()) {
    const l = i + 1;
    const [n, k] = [sizes[l]!, sizes[i]!];
    rows.push({
      number: '2',
      math: [`${at('Z', l)}${op('=')}${at('W', l)}${at('A', l - 1)}${op('+')}${at('b', l)}`],
      shapes: `${n}×${m} = ${n}×${k} · ${k}×${m} + ${n}×1`,
      now: told(Z),
    });
    rows.push({ ...forwardOf(activation, l), shapes: `${n} × ${m}`, now: told(A) });
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
    now:
      label === undefined
        ? none
        : `−ln ${short(last.A[label]!)} = ${short(-Math.log(last.A[label]!))}`,
  });
  rows.push({
    number: '6',
    math: [`${at('dZ', depth)}${op('=')}${at('A', depth)}${op('−')}${id('Y')}`],
    shapes: `${sizes[depth]} × ${m}`,
    now: last.dZ ? told(last.dZ) : none,
  });
  for (let l = depth; l >= 1; l--) {
    const { dW, db } = layers[l - 1]!;
    const [n, k] = [sizes[l]!, sizes[l - 1]!];
    rows.push({
      number: '7',
      math: [
        `${at('dW', l)}${op('=')}${mean}${at('dZ', l)}<msup><mrow>${op('(')}${at('A', l - 1)}${op(')')}</mrow>${id('T')}</msup>`,
      ],
      shapes: `${n}×${k} = ${n}×${m} · ${m}×${k}`,
      now: label === undefined ? none : most(dW),
    });
    rows.push({
      number: '8',
      math: [
        `${at('db', l)}${op('=')}${mean}<munder>${op('∑')}${id('i')}</munder>${at('dZ', l)}${op('[')}${op(':')}${op(',')}${id('i')}${op(']')}`,
      ],
      shapes: `${n} × 1`,
      now: label === undefined ? none : most(db),
    });
    if (l === 1) continue;
    const { activation, dZ } = layers[l - 2]!;
    rows.push({
      ...backwardOf(activation!, l),
      shapes: `${k}×${m} = ${k}×${n} · ${n}×${m}`,
      now: dZ ? told(dZ) : none,
    });
  }
  const parameters = layers.reduce((sum, { Z }, i) => sum + Z.length * (sizes[i]! + 1), 0);
  const { number } = OPTIMIZER_TEXTS[optimizer];
  for (const equation of equationsOf(optimizer)) {
    const shapes = counted('equations.parameters', parameters, { count: count(parameters) });
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

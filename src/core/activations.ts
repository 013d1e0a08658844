/** The activations of hidden layers and outputs: two lists, from which all else derives. */
import { oneOf } from '../base/arguments.ts';

/** The activations of hidden layers, in the order in which the core numbers them. */
export const HIDDEN = [
  'relu',
  'leaky-relu',
  'tanh',
  'sigmoid',
  'elu',
  'linear',
  'gelu',
  'silu',
] as const;
/** The activations of the output layer, likewise; each has its loss. */
export const OUTPUTS = ['softmax', 'sigmoid', 'linear'] as const;

export type Hidden = (typeof HIDDEN)[number];
export type Output = (typeof OUTPUTS)[number];

/** The slope of leaky ReLU below 0. */
export const LEAKY_SLOPE = 0.01;
/** Of GELU: 2√(2/π), and the factor of z³. */
export const GELU = { linear: 1.5957691216057308, cubic: 0.044715 } as const;

/** What documentation says of an activation. */
interface Text {
  /** The number of its equation, in docs/math.md up to 10, else in docs/equations.md, and the equation. */
  readonly number: number;
  readonly equation: string;
}

/** The same of those of hidden layers; a test holds them against the core. */
interface HiddenText extends Text {
  readonly description: string;
  /** What the derivative is computed from. */
  readonly derivative: 'A' | 'Z';
  /** The derivative, as the equation of that number has it; that of ReLU is in equation 9. */
  readonly slope?: string;
  /** How the weights are initialised. */
  readonly initialisation: 'He' | 'Glorot';
}

export const HIDDEN_TEXTS: Readonly<Record<Hidden, HiddenText>> = {
  relu: {
    description: 'ReLU',
    number: 3,
    equation: 'ReLU(Zˡ) = max(Zˡ, 0)',
    derivative: 'A',
    initialisation: 'He',
  },
  'leaky-relu': {
    description: 'leaky ReLU',
    number: 16,
    equation: 'g(z) = max(z, z / 100)',
    derivative: 'A',
    slope: 'g′ = 1 or 1/100',
    initialisation: 'He',
  },
  tanh: {
    description: 'tanh',
    number: 17,
    equation: 'g(z) = tanh z',
    derivative: 'A',
    slope: 'g′ = 1 − g²',
    initialisation: 'Glorot',
  },
  sigmoid: {
    description: 'sigmoid',
    number: 18,
    equation: 'g(z) = σ(z)',
    derivative: 'A',
    slope: 'g′ = g (1 − g)',
    initialisation: 'Glorot',
  },
  elu: {
    description: 'ELU',
    number: 26,
    equation: 'g(z) = z for z > 0, else eᶻ − 1',
    derivative: 'A',
    slope: 'g′ = 1 or g + 1',
    initialisation: 'He',
  },
  linear: {
    description: 'identity',
    number: 34,
    equation: 'g(z) = z',
    derivative: 'A',
    slope: 'g′ = 1',
    initialisation: 'He',
  },
  gelu: {
    description: 'GELU in the form with tanh',
    number: 19,
    equation: 'g(z) = z σ(u), u = 2√(2/π) (z + 0.044715 z³)',
    derivative: 'Z',
    slope: 'g′ = σ(u) + z σ(u)(1 − σ(u)) u′',
    initialisation: 'He',
  },
  silu: {
    description: 'SiLU, also called Swish',
    number: 27,
    equation: 'g(z) = z σ(z)',
    derivative: 'Z',
    slope: 'g′ = σ(z) + z σ(z)(1 − σ(z))',
    initialisation: 'He',
  },
};

export const OUTPUT_TEXTS: Readonly<Record<Output, Text & { loss: string; use: string }>> = {
  softmax: {
    number: 4,
    equation: 'Aᴸ = softmax(Zᴸ)',
    loss: 'cross-entropy',
    use: 'one class of several',
  },
  sigmoid: {
    number: 21,
    equation: 'Aᴸ = σ(Zᴸ)',
    loss: 'binary cross-entropy, the mean over the outputs',
    use: 'several labels at once, or fractions from 0 to 1',
  },
  linear: {
    number: 20,
    equation: 'Aᴸ = Zᴸ',
    loss: 'mean squared error, the mean over the outputs',
    use: 'numbers',
  },
};

/** The functions of a network. */
export interface Functions {
  readonly hidden: Hidden;
  readonly output: Output;
}

/**
 * Checks the names of functions.
 *
 * @param where an error says that they were found
 * @throws RangeError that names the wrong one
 */
export function checkedFunctions(
  where: string,
  { hidden, output }: { hidden?: unknown; output?: unknown },
): Functions {
  return {
    hidden: oneOf(`${where}hidden`, hidden, HIDDEN),
    output: oneOf(`${where}output`, output, OUTPUTS),
  };
}

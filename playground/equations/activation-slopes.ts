/** The slopes of the hidden activations: g′, from A or from Z. */
import { GELU, HIDDEN_TEXTS, type Hidden, LEAKY_SLOPE } from '../../src/core/activations.ts';

const sigma = (u: number) => 1 / (1 + Math.exp(-u));

/** σ(u) + z σ(u)(1 − σ(u)) u′, the derivative of z σ(u). */
function gated(z: number, u: number, slope: number): number {
  const gate = sigma(u);
  return gate + z * gate * (1 - gate) * slope;
}

/** g′ by the value of A or of Z, whichever HIDDEN_TEXTS says. */
const SLOPES: Readonly<Record<Hidden, (value: number) => number>> = {
  relu: (a) => (a > 0 ? 1 : 0),
  'leaky-relu': (a) => (a > 0 ? 1 : LEAKY_SLOPE),
  tanh: (a) => 1 - a * a,
  sigmoid: (a) => a * (1 - a),
  elu: (a) => (a > 0 ? 1 : 1 + a),
  linear: () => 1,
  gelu: (z) => {
    const cubic = GELU.cubic * z * z;
    return gated(z, GELU.linear * z * (1 + cubic), GELU.linear * (1 + 3 * cubic));
  },
  silu: (z) => gated(z, z, 1),
};

/**
 * d ∘ g′, the last factor of equation 9.
 *
 * @param A activations of the layer
 * @param Z gives what they were computed from; called only where A does not determine g′
 */
export function throughActivation(
  hidden: Hidden,
  d: Float32Array<ArrayBuffer>,
  A: Float32Array,
  Z: () => Float32Array,
): Float32Array<ArrayBuffer> {
  const slope = SLOPES[hidden];
  const values = HIDDEN_TEXTS[hidden].derivative === 'A' ? A : Z();
  return d.map((value, k) => value * slope(values[k]!));
}

import { exp } from './exp';
import { f32Bytes, lanes4 } from './panels';

/** The activations of hidden layers, as src/core/activations.ts numbers them. */
export enum Activation {
  Relu,
  LeakyRelu,
  Tanh,
  Sigmoid,
  Elu,
  /** The identity. */
  Linear,
  Gelu,
  Silu,
}

/** Whether A does not tell g′(Z), so that `activate` leaves it for `activateBackward`. */
export function keepsSlope(kind: Activation): bool {
  return kind >= Activation.Gelu;
}

/**
 * Whether weights begin as X. Glorot and Y. Bengio (2010) have it, for what is nearly linear around 0;
 * or else as K. He and others (2015).
 */
export function isGlorot(kind: Activation): bool {
  return kind == Activation.Tanh || kind == Activation.Sigmoid;
}

/** The slope of LeakyRelu below 0. */
const SLOPE: f32 = 0.01;
/** 2√(2/π), and of z³ in gelu. */
const GELU: f32 = 1.5957691216;
const CUBE: f32 = 0.044715;

/**
 * A := g(Z), in place                                 (docs/equations.md, eq. 16 to 19, 26 and 27)
 *
 * a  f32[n × m]  in: Z, out: A; column-major, leading dimension ld ≥ n₄; 16-byte aligned
 * d  f32[n × m]  where `keepsSlope`: overwritten with g′(Z), in the same form; overlaps nothing
 *
 * kind is any but Relu, which has kernels of its own, and Linear, for which nothing is done. With σ(u) = 1 / (1 + e⁻ᵘ): leaky max(Z, Z/100);
 * tanh 2σ(2Z) − 1; sigmoid σ(Z); elu max(Z, e^−|Z| − 1); gelu Z·σ(u), u = 2√(2/π)(Z + 0.044715 Z³);
 * silu Z·σ(Z). Each within 3·10⁻⁷ absolute, or relative where Z is larger. Padding lanes are zero
 * afterwards, NaN stays NaN.
 */
export function activate(a: usize, d: usize, kind: Activation, n: i32, m: i32, ld: i32): void {
  assert(((a | d) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const last = f32Bytes(lanes4(n) - 4);
  const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n - (lanes4(n) - 4)));
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++) {
    for (let j: usize = 0; j <= last; j += 16) {
      const x = v128.load(a + j);
      let y = f32x4.pmax(x, f32x4.mul(x, f32x4.splat(SLOPE)));
      if (kind != Activation.LeakyRelu) {
        // In one place, for σ is long.
        let u = x;
        let z = x;
        if (kind == Activation.Tanh) u = f32x4.add(x, x);
        if (kind == Activation.Gelu) {
          const cubic = f32x4.mul(f32x4.splat(CUBE), f32x4.mul(x, x));
          u = f32x4.mul(f32x4.splat(GELU), f32x4.add(x, f32x4.mul(x, cubic)));
          const rise = f32x4.add(one, f32x4.mul(f32x4.splat(3), cubic));
          z = f32x4.mul(x, f32x4.mul(f32x4.splat(GELU), rise));
        }
        // With e = e^−|u|, σ(u) is 1 / (1 + e), or e / (1 + e) below 0: no power overflows.
        const e = exp(f32x4.neg(f32x4.abs(u)));
        const below = f32x4.lt(u, f32x4.splat(0));
        y = f32x4.div(v128.bitselect(e, one, below), f32x4.add(one, e));
        if (kind == Activation.Tanh) y = f32x4.sub(f32x4.add(y, y), one);
        if (kind == Activation.Elu) y = f32x4.pmax(x, f32x4.sub(e, one));
        if (keepsSlope(kind)) {
          // σ + σ(1 − σ)·z, with z = Z·u′
          const slope = f32x4.mul(f32x4.mul(y, f32x4.sub(one, y)), z);
          v128.store(d + j, f32x4.add(y, slope));
          y = f32x4.mul(x, y);
        }
      }
      v128.store(a + j, y);
    }
    // σ(0) is not zero.
    v128.store(a + last, v128.and(v128.load(a + last), inside));
    a += f32Bytes(ld);
    d += f32Bytes(ld);
  }
}

/**
 * dZ := dA ∘ g′(Z)                                    (docs/equations.md, eq. 16 to 19, 26 and 27)
 *
 * dz  f32[n × m]  overwritten; where `keepsSlope`, in: g′(Z)
 * da  f32[n × m]  may be dz, but where `keepsSlope`
 * a   f32[n × m]  g(Z) / keep
 *
 * All column-major, leading dimension ld ≥ n₄, 16-byte aligned. Padding lanes that are zero in da
 * are zero in dz. The derivative of leaky at 0 is that below 0.
 */
export function activateBackward(
  dz: usize,
  da: usize,
  a: usize,
  kind: Activation,
  keep: f32,
  n: i32,
  m: i32,
  ld: i32,
): void {
  assert(((dz | da | a) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const used = f32Bytes(lanes4(n));
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++) {
    for (let j: usize = 0; j < used; j += 16) {
      const y = f32x4.mul(v128.load(a + j), f32x4.splat(keep));
      let slope = v128.load(dz + j);
      if (kind == Activation.LeakyRelu) {
        slope = v128.bitselect(one, f32x4.splat(SLOPE), f32x4.gt(y, f32x4.splat(0)));
      } else if (kind == Activation.Tanh) {
        slope = f32x4.sub(one, f32x4.mul(y, y));
      } else if (kind == Activation.Sigmoid) {
        slope = f32x4.mul(y, f32x4.sub(one, y));
      } else if (kind == Activation.Elu) {
        slope = f32x4.pmin(f32x4.add(y, one), one);
      }
      v128.store(dz + j, f32x4.mul(v128.load(da + j), slope));
    }
    dz += f32Bytes(ld);
    da += f32Bytes(ld);
    a += f32Bytes(ld);
  }
}

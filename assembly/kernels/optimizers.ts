import { allFinite, areFinite } from './finite';
import { f32Bytes } from './panels';

/** The optimizers, as src/core/optimizers.ts numbers them: its table has a row for each. */
export enum Optimizer {
  Sgd,
  Momentum,
  Nesterov,
  Rmsprop,
  Adagrad,
  Adam,
  Adamw,
}

/**
 * One update of `count` parameters, W and b of one or all layers, by one of the kernels below
 *
 * next   f32[count]  overwritten: the parameters after the update
 * p      f32[count]  the parameters before it
 * g      f32[count]  their gradients, summed over m examples
 * state  f32[count]  what the optimizer keeps of each parameter, updated in place: the first such
 *                    block; the others follow `block` bytes apart
 * rate   α
 * keep   1, or 1 − αλ where weights decay by themselves
 * t      how many updates there have been, this one included; at = β₁ᵗ and bt = β₂ᵗ of Adam
 * a … d  the hyperparameters, in the order of the optimizer's row
 *
 * count is a multiple of 4; all 16-byte aligned; next may be p for SGD, and overlaps nothing otherwise.
 * Padding lanes stay zero where they are zero in p and g. Returns whether every element of next is
 * finite.
 */
export function step(
  optimizer: Optimizer,
  next: usize,
  p: usize,
  g: usize,
  state: usize,
  block: usize,
  count: i32,
  m: f64,
  rate: f64,
  keep: f32,
  t: f64,
  at: f64,
  bt: f64,
  a: f32,
  b: f32,
  c: f32,
  d: f32,
): bool {
  assert(((next | p | g | state | block) & 15) == 0 && (count & 3) == 0);
  if (optimizer == Optimizer.Sgd) return sgd(next, p, g, <f32>(rate / m), count);
  const bytes = f32Bytes(count);
  let s = <f32>(1 / m);
  let sum = f32x4.splat(0);
  const hasVelocity = optimizer == Optimizer.Rmsprop ? a > 0 : optimizer < Optimizer.Rmsprop;
  if (optimizer >= Optimizer.Rmsprop) {
    const isAdam = optimizer >= Optimizer.Adam;
    const isAdagrad = optimizer == Optimizer.Adagrad;
    const v = isAdam || d > 0 ? state + block : state;
    let scale = rate;
    if (isAdam) scale /= 1 - at;
    if (isAdagrad) scale /= 1 + (t - 1) * a;
    sum = adaptive(
      next,
      state,
      v,
      p,
      g,
      s,
      // With a velocity, next := q, which the velocity takes for a gradient.
      hasVelocity ? -1 : <f32>scale,
      isAdam ? <f32>(1 / Math.sqrt(1 - bt)) : 1,
      isAdam ? a : b,
      b,
      c,
      hasVelocity ? 0 : keep,
      isAdam,
      isAdagrad,
      bytes,
    );
    g = next;
    s = 1;
    state = v + block;
  }
  if (hasVelocity) {
    sum = momentum(next, state, p, g, s, <f32>rate, a, optimizer == Optimizer.Nesterov, bytes);
  }
  // A finite sum has finite terms; that of large terms may be infinite all the same.
  return areFinite(sum) || allFinite(next, bytes);
}

/**
 * next := p − rate · g                                                   (docs/math.md, eq. 10)
 *
 * rate  α/m
 *
 * As `step`, in a function of its own, which is the quickest.
 */
export function sgd(next: usize, p: usize, g: usize, rate: f32, count: i32): bool {
  const bytes = f32Bytes(count);
  const rates = f32x4.splat(rate);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const updated = f32x4.sub(v128.load(p + i), f32x4.mul(rates, v128.load(g + i)));
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  return areFinite(sum) || allFinite(next, bytes);
}

/**
 * v := μ·v + s·g, then next := p − α·v, or with Nesterov's look ahead
 * next := p − α·(s·g + μ·v)                                         (docs/equations.md, eq. 13)
 *
 * v  the velocity      s  1/m      g may be next
 */
function momentum(
  next: usize,
  v: usize,
  p: usize,
  g: usize,
  s: f32,
  rate: f32,
  mu: f32,
  nesterov: bool,
  bytes: usize,
): v128 {
  const shares = f32x4.splat(s);
  const rates = f32x4.splat(rate);
  const mus = f32x4.splat(mu);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const gradient = f32x4.mul(shares, v128.load(g + i));
    let step = f32x4.add(f32x4.mul(mus, v128.load(v + i)), gradient);
    v128.store(v + i, step);
    if (nesterov) step = f32x4.add(gradient, f32x4.mul(mus, step));
    const updated = f32x4.sub(v128.load(p + i), f32x4.mul(rates, step));
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  return sum;
}

/**
 * v := v + (1 − β₂)((s·g)² − v), next := keep·p − rate·q, q = s·g / (√v · c + ε)
 *                                                           (docs/equations.md, eq. 14, 24 and 25)
 *
 * With isSum, v := v + (s·g)². Where u is not v: u := u + (1 − β₁)(s·g − u) as well. With isAdam, u
 * takes the place of s·g in q; or else v − u² that of v, without a sign, which rounding may give it.
 *
 * u, v  mean and mean square of the gradient so far      s  1/m
 *
 * Adam: rate = α / (1 − β₁ᵗ), c = 1 / √(1 − β₂ᵗ): they undo that u and v began with zero.
 */
function adaptive(
  next: usize,
  u: usize,
  v: usize,
  p: usize,
  g: usize,
  s: f32,
  rate: f32,
  c: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  keep: f32,
  isAdam: bool,
  isSum: bool,
  bytes: usize,
): v128 {
  const shares = f32x4.splat(s);
  const rates = f32x4.splat(rate);
  const corrections = f32x4.splat(c);
  const ones = f32x4.splat(<f32>1 - beta1);
  const twos = f32x4.splat(<f32>1 - beta2);
  const epsilons = f32x4.splat(epsilon);
  const keeps = f32x4.splat(keep);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    let top = f32x4.mul(shares, v128.load(g + i));
    let square = v128.load(v + i);
    const squared = f32x4.mul(top, top);
    square = f32x4.add(square, isSum ? squared : f32x4.mul(twos, f32x4.sub(squared, square)));
    v128.store(v + i, square);
    if (u < v) {
      let mean = v128.load(u + i);
      mean = f32x4.add(mean, f32x4.mul(ones, f32x4.sub(top, mean)));
      v128.store(u + i, mean);
      if (isAdam) top = mean;
      else square = f32x4.abs(f32x4.sub(square, f32x4.mul(mean, mean)));
    }
    const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), corrections), epsilons);
    const step = f32x4.div(f32x4.mul(rates, top), size);
    const updated = f32x4.sub(f32x4.mul(keeps, v128.load(p + i)), step);
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  return sum;
}

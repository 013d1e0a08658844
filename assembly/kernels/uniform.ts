/**
 * x := limit · (2u − 1), u = ⌊word / 2⁸⌋ / 2²⁴: uniform over −limit ≤ x < limit
 *
 * x  in: u32[count], words of the generator; out: f32[count], in place
 *
 * With limit = √(6 / fan-in), the initialisation of K. He et al., "Delving deep into rectifiers" (2015),
 * for ReLU and the like; with √(6 / (fan-in + fan-out)), that of X. Glorot and Y. Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks" (2010), for tanh and
 * sigmoid. An f32 holds the top 24 bits of a word exactly.
 */
export function uniformInit(x: usize, count: i32, limit: f32): void {
  for (let i = 0; i < count; i++) {
    const word = load<u32>(x);
    store<f32>(x, limit * (<f32>(word >>> 8) * 1.1920928955078125e-7 - 1));
    x += 4;
  }
}

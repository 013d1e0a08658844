/**
 * x := limit · (2u − 1), u = ⌊word / 2⁸⌋ / 2²⁴: uniform over −limit ≤ x < limit
 *
 * x  in: u32[count], words of the generator; out: f32[count], in place
 *
 * With limit = √(6 / fan-in) this is the uniform initialisation of K. He et al., "Delving deep
 * into rectifiers" (2015), whose variance, 2 / fan-in, keeps the size of activations from layer to
 * layer where half of the units are zero. The top 24 bits are what an f32 holds exactly.
 */
export function heUniform(x: usize, count: i32, limit: f32): void {
  for (let i = 0; i < count; i++) {
    const word = load<u32>(x);
    store<f32>(x, limit * (<f32>(word >>> 8) * 1.1920928955078125e-7 - 1));
    x += 4;
  }
}

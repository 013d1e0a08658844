import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, Inputs } from '../../src/data/dataset.ts';
import { loadDigits } from '../../src/data/digits.ts';

const COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];

function sha256(bytes: Inputs): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('loadDigits', () => {
  let digits: Dataset;
  beforeAll(async () => {
    digits = await loadDigits();
  });

  it('gives 10,000 images of 28 × 28 bytes in 10 classes', () => {
    expect(digits).toMatchObject({ length: 10_000, features: 784, classes: 10 });
    expect(digits.inputs).toBeInstanceOf(Uint8Array);
    const counts = new Array<number>(10).fill(0);
    for (const label of digits.labels) counts[label]!++;
    expect(counts).toEqual(COUNTS);
  });

  it('gives the bytes of MNIST', () => {
    // Computed from MNIST's own files: the first 10,000 training images, put into this order.
    expect(sha256(digits.labels)).toBe(
      '9048dc0060b9e2cd00a355471486c9a0e60553c9990ef5e95df85da052d09cc0',
    );
    expect(sha256(digits.inputs)).toBe(
      '22663c093d806122181c1b2ed8bd1a4dce4ccd41575997a8f599f71c7c76b423',
    );
  });

  it('spreads the classes evenly', () => {
    for (let begin = 0; begin < 10_000; begin += 100) {
      const labels = digits.labels.subarray(begin, begin + 100);
      for (const [label, count] of COUNTS.entries()) {
        const found = labels.filter((other) => other === label).length;
        expect(Math.abs(found - count / 100), `${label} from ${begin}`).toBeLessThan(2);
      }
    }
  });

  it('gives each caller arrays of its own', async () => {
    const { inputs, labels } = await loadDigits();
    const pixels = sha256(inputs);
    inputs.fill(1);
    labels.fill(1);
    expect(sha256(digits.inputs)).toBe(pixels);
    expect(inputs.buffer).not.toBe(labels.buffer);
    expect(inputs.byteLength).toBe(inputs.buffer.byteLength);
  });
});

import { describe, expect, it } from 'vitest';
import { digitImage, type Pixels } from '../../src/data/digit-image.ts';
import { loadDigits } from '../../src/index.ts';
import { BLACK, type Color, grey, NOTHING, seven, WHITE } from '../cli/picture.ts';

/** Box of all ink of at least a quarter, and centre of mass, of 28 × 28 bytes. */
function measure(image: Uint8Array) {
  const xs: number[] = [];
  const ys: number[] = [];
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of image.entries()) {
    if (value >= 64) {
      xs.push(i % 28);
      ys.push(Math.floor(i / 28));
    }
    mass += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  }
  return {
    width: Math.max(...xs) - Math.min(...xs) + 1,
    height: Math.max(...ys) - Math.min(...ys) + 1,
    x: x / mass,
    y: y / mass,
  };
}

/** Mean difference of two images, in levels of 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

const REFERENCE = digitImage(seven());

describe('the form', () => {
  it('is 784 bytes, ink of 255 on a background of 0', () => {
    expect(REFERENCE).toHaveLength(784);
    expect(Math.max(...REFERENCE)).toBe(255);
    expect(REFERENCE.filter((value) => value === 0).length).toBeGreaterThan(500);
    expect(REFERENCE[0]).toBe(0);
  });

  it('has a longer side of 20 and its centre of mass on pixel 14', () => {
    const { width, height, x, y } = measure(REFERENCE);
    expect(height).toBe(20);
    expect(width).toBeGreaterThanOrEqual(11);
    expect(width).toBeLessThanOrEqual(13);
    expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5);
  });

  it('is what all bundled digits have: each comes out as it is, and so from its negative', async () => {
    const { inputs } = await loadDigits();
    for (let i = 0; i < 10_000; i++) {
      const digit = Uint8Array.from(inputs.subarray(i * 784, (i + 1) * 784));
      const negative = digit.map((value) => 255 - value);
      expect(Buffer.compare(digitImage(grey(digit)), digit)).toBe(0);
      expect(Buffer.compare(digitImage(grey(negative)), digit)).toBe(0);
    }
  });
});

describe('the same digit', () => {
  const teal: Color = [0, 90, 110, 255];
  const cream: Color = [250, 240, 210, 255];
  const pictures: [string, Pixels][] = [
    ['light on dark', seven({ ink: WHITE, paper: BLACK })],
    ['coloured', seven({ ink: teal, paper: cream })],
    ['coloured, light on dark', seven({ ink: cream, paper: teal })],
    ['faint', seven({ ink: [150, 150, 150, 255], paper: [190, 190, 190, 255] })],
    ['dark on nothing', seven({ ink: BLACK, paper: NOTHING })],
    ['light on nothing', seven({ ink: WHITE, paper: [255, 255, 255, 0] })],
    ['big', seven({ width: 900, height: 1200, left: 200, top: 300, size: 700 })],
    ['tiny', seven({ width: 20, height: 20, left: 5, top: 3, size: 14 })],
    ['in a corner', seven({ left: 1, top: 1, size: 40 })],
    ['small on a wide picture', seven({ width: 640, height: 90, left: 560, top: 20, size: 48 })],
    ['cut out tightly', seven({ width: 36, height: 60, left: 0, top: 0, size: 60 })],
  ];
  it.each(pictures)('%s', (_, picture) => {
    expect(difference(digitImage(picture), REFERENCE)).toBeLessThan(6);
  });

  it('on a card with nothing around it', () => {
    const card = seven();
    for (let i = 0; i < 10_000; i++) {
      const [x, y] = [i % 100, Math.floor(i / 100)];
      if (Math.min(x, y, 99 - x, 99 - y) < 3) card.data.fill(0, 4 * i, 4 * i + 4);
    }
    expect(difference(digitImage(card), REFERENCE)).toBeLessThan(6);
  });

  it('in faint noise', () => {
    const noisy = seven({ ink: [40, 40, 40, 255], paper: [215, 215, 215, 255] });
    let word = 1;
    for (let i = 0; i < noisy.data.length; i++) {
      word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
      if (i % 4 !== 3) noisy.data[i]! += (word >>> 28) - 8;
    }
    expect(difference(digitImage(noisy), REFERENCE)).toBeLessThan(6);
  });

  it('among specks of dust', () => {
    const dusty = seven();
    for (const [x, y] of [
      [3, 4],
      [95, 50],
      [50, 97],
    ] as const) {
      for (const i of [y * 100 + x, y * 100 + x + 1]) dusty.data.set(BLACK, 4 * i);
    }
    expect(difference(digitImage(dusty), REFERENCE)).toBeLessThan(6);
  });
});

describe('extremes of shape', () => {
  const bar = (width: number, height: number): Pixels => {
    const data = new Uint8Array(200 * 200 * 4).fill(255);
    for (let y = 20; y < 20 + height; y++) {
      for (let x = 20; x < 20 + width; x++) data.set(BLACK, 4 * (y * 200 + x));
    }
    return { width: 200, height: 200, data };
  };

  it('keeps a line that is thinner than a pixel of the field', () => {
    expect(measure(digitImage(bar(2, 160)))).toMatchObject({ width: 1, height: 20 });
    expect(measure(digitImage(bar(160, 2)))).toMatchObject({ width: 20, height: 1 });
  });

  it('cuts nothing off where the weight is at one end', () => {
    const lopsided = bar(2, 160);
    for (let y = 140; y < 180; y++) {
      for (let x = 20; x < 60; x++) lopsided.data.set(BLACK, 4 * (y * 200 + x));
    }
    expect(measure(digitImage(lopsided)).height).toBe(20);
  });

  it('takes a picture of few pixels', () => {
    const data = Uint8Array.from([...WHITE, ...WHITE, ...WHITE, ...WHITE, ...BLACK, ...WHITE]);
    const dot = digitImage({ width: 3, height: 2, data });
    expect(measure(dot)).toMatchObject({ width: 20, height: 20 });
  });
});

describe('no ink', () => {
  const blank = (color: Color): Pixels => ({
    width: 30,
    height: 30,
    data: Uint8Array.from({ length: 30 * 30 * 4 }, (_, i) => color[i % 4]!),
  });
  it.each([
    ['white', blank(WHITE)],
    ['black', blank(BLACK)],
    ['nothing', blank(NOTHING)],
    ['half transparent', blank([200, 10, 10, 128])],
    ['one pixel', { width: 1, height: 1, data: Uint8Array.from(BLACK) }],
    ['hardly any contrast', seven({ ink: [240, 240, 240, 255] })],
  ])('%s', (_, picture) => {
    expect(() => digitImage(picture)).toThrow('no ink found');
  });
});

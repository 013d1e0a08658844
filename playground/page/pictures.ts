/** Numbers as pictures: ink in grey, positive and negative values in two colours. */

type Color = readonly [number, number, number];

/** Shades of a colour from the ground to the full one. */
const SHADES = 256;

/** Legible on light and dark, and distinguishable with red-green colour blindness. */
const ABOVE: Color = [217, 95, 2];
const BELOW: Color = [43, 108, 196];

const dark = matchMedia('(prefers-color-scheme: dark)');

const BLACK_ON_WHITE = shadesOf([255, 255, 255], [0, 0, 0]);

/** The shades of the current theme. */
let shades = shadesOfTheme();
dark.addEventListener('change', () => {
  shades = shadesOfTheme();
});

function shadesOfTheme() {
  const paper: Color = dark.matches ? [22, 26, 33] : [255, 255, 255];
  const ink: Color = dark.matches ? [240, 242, 246] : [20, 24, 32];
  return {
    ink: shadesOf(paper, ink),
    above: shadesOf(paper, ABOVE),
    below: shadesOf(paper, BELOW),
    light: shadesOf(paper, dark.matches ? [78, 203, 155] : [11, 110, 79]),
  };
}

/** As 32-bit pixels: little-endian red, green, blue, alpha. */
function shadesOf(from: Color, to: Color): Uint32Array {
  return Uint32Array.from({ length: SHADES }, (_, shade) => {
    const [red, green, blue] = [0, 1, 2].map((i) =>
      Math.round(from[i]! + ((to[i]! - from[i]!) * shade) / (SHADES - 1)),
    ) as [number, number, number];
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** A canvas of so many pixels, enlarged by CSS. Text elsewhere says what it shows. */
export function pictureOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.className = 'pixels';
  canvas.ariaHidden = 'true';
  return canvas;
}

/** Draws values of 0 (paper) to `full` (ink), in the colours of the theme. */
export function drawInk(canvas: HTMLCanvasElement, values: ArrayLike<number>, full: number): void {
  drawShades(canvas, values, full, shades.ink);
}

/** The same in black on white, whatever the theme. */
export function drawOnPaper(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  full: number,
): void {
  drawShades(canvas, values, full, BLACK_ON_WHITE);
}

/** The same in the colour of activations. */
export function drawLight(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  full: number,
): void {
  drawShades(canvas, values, full, shades.light);
}

function drawShades(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  full: number,
  ink: Uint32Array,
): void {
  const scale = (SHADES - 1) / full;
  paint(
    canvas,
    values.length,
    (i) => ink[Math.max(0, Math.min(SHADES - 1, values[i]! * scale)) | 0]!,
  );
}

/** Draws values on both sides of zero; `largest` and beyond have their full colour. */
export function drawSigned(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  largest = magnitude(values),
): void {
  const { above, below } = shades;
  const scale = largest > 0 ? (SHADES - 1) / largest : 0;
  paint(canvas, values.length, (i) => {
    const value = values[i]! * scale;
    return value > 0
      ? above[Math.min(SHADES - 1, value) | 0]!
      : below[Math.min(SHADES - 1, -value) | 0]!;
  });
}

/** 2.5 times the root mean square: unlike the maximum, a few outliers do not make all others pale. */
export function mostly(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return 2.5 * Math.sqrt(squares / values.length);
}

/** The largest absolute value. */
export function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

function paint(canvas: HTMLCanvasElement, length: number, color: (i: number) => number): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < Math.min(length, words.length); i++) words[i] = color(i);
  context.putImageData(image, 0, 0);
}

/** Width and height of the picture of so many inputs: a square if their number is one. */
export function shapeOf(inputs: number): { width: number; height: number } {
  const width = Math.ceil(Math.sqrt(inputs));
  return { width, height: Math.ceil(inputs / width) };
}

/** Numbers as pictures: ink in grey, and what is above or below zero in two colours. */

type Color = readonly [number, number, number];

/** Legible on both grounds, and told apart by those who do not see red and green. */
const ABOVE: Color = [217, 95, 2];
const BELOW: Color = [43, 108, 196];

const dark = matchMedia('(prefers-color-scheme: dark)');
const ground = (): Color => (dark.matches ? [22, 26, 33] : [255, 255, 255]);
const inked = (): Color => (dark.matches ? [240, 242, 246] : [20, 24, 32]);

/** A canvas of so many pixels, which CSS enlarges. */
export function pictureOf(width: number, height: number, label: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.role = 'img';
  canvas.ariaLabel = label;
  canvas.className = 'pixels';
  return canvas;
}

/** Draws values of 0 (paper) to 1 (ink). */
export function drawInk(canvas: HTMLCanvasElement, values: ArrayLike<number>): void {
  const [paper, ink] = [ground(), inked()];
  paint(canvas, values.length, (i) => mix(paper, ink, values[i]!));
}

/** Draws values on both sides of zero; the largest has its full colour. */
export function drawSigned(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  largest = magnitude(values),
): void {
  const paper = ground();
  paint(canvas, values.length, (i) => {
    const share = largest > 0 ? values[i]! / largest : 0;
    return mix(paper, share > 0 ? ABOVE : BELOW, Math.min(1, Math.abs(share)));
  });
}

/** The largest distance from zero. */
export function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

function mix(from: Color, to: Color, share: number): Color {
  return [0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * share) as unknown as Color;
}

function paint(canvas: HTMLCanvasElement, length: number, color: (i: number) => Color): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < Math.min(length, canvas.width * canvas.height); i++) {
    image.data.set(color(i), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Width and height of the picture that so many inputs make: a square where they are one. */
export function shapeOf(inputs: number): { width: number; height: number } {
  const side = Math.ceil(Math.sqrt(inputs));
  return { width: side, height: Math.ceil(inputs / side) };
}

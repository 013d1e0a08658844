/**
 * Any picture of a digit as MNIST's own were made (Y. LeCun et al., "Gradient-based learning
 * applied to document recognition", 1998, III.A): light ink on black, fitted into 20 × 20 with
 * its proportions kept, and placed in 28 × 28 by its centre of mass.
 */

import { samples } from './resampling.ts';

/** A picture as decoders give it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width × height × 4: red, green, blue, alpha; row by row from the top left. */
  readonly data: Uint8Array;
}

/** Width and height of the field. */
export const FIELD = 28;
/** What the ink's longer side is brought to. */
const BOX = 20;
/** MNIST puts the centre of mass on this pixel, counted from 0. */
const CENTRE = 14;

/** Ink that differs less from its background, of 255 levels, is none. */
const MIN_CONTRAST = 24;
/** Fainter ink than this share of the full contrast does not count as the edge of a digit. */
const FAINT = 1 / 8;
/** A patch with less ink than this share of the largest one's is a speck. */
const SPECK = 0.05;

/** One value a pixel, 0 to 255, row by row from the top left. */
interface Field<Values extends Uint8Array | Float32Array = Float32Array> {
  readonly width: number;
  readonly height: number;
  readonly values: Values;
}

/** Where ink is: columns left … right − 1, rows top … bottom − 1. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The picture in MNIST's form: 784 bytes, 28 × 28, row by row, 0 is background and 255 full ink.
 * A picture that has this form already, or is the negative of one, comes out as it is.
 *
 * - Transparent parts are seen on white; on black where the visible part is light ink.
 * - The border tells the background. What differs from it most is ink, be it darker or lighter.
 * - The background's level becomes 0, with what noise there is along the border; the ink's 255.
 * - Specks, which are small beside the largest connected patch of ink, are dropped.
 *
 * @param pixels with the digit alone on them
 * @throws Error where nothing stands out from the background
 */
export function digitImage(pixels: Pixels): Uint8Array {
  const { field, background, contrast } = lightOnDark(luma(pixels));
  if (hasMnistForm(field)) return field.values;
  const ink = withoutSpecks(cleaned(field, background, contrast));
  const box = boxOf(ink, FAINT * 255);
  return centred(stretched(resized(ink, box)));
}

/** Brightness (Rec. 601 luma), seen on white or black where the picture is transparent. */
function luma({ width, height, data }: Pixels): Field<Uint8Array> {
  const values = new Uint8Array(width * height);
  let visible = 0;
  let dark = 0;
  for (let i = 0; i < values.length; i++) {
    const alpha = data[4 * i + 3]!;
    values[i] = Math.round(
      0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!,
    );
    visible += alpha;
    if (values[i]! < 128) dark += alpha;
  }
  // A light card with dark ink on it and nothing around is not light ink: some of it is dark, or
  // it covers most of the picture.
  const isLightInk = dark < 0.05 * visible && visible < (2 / 3) * 255 * values.length;
  const ground = isLightInk ? 0 : 255;
  for (let i = 0; i < values.length; i++) {
    const alpha = data[4 * i + 3]! / 255;
    values[i] = Math.round(values[i]! * alpha + ground * (1 - alpha));
  }
  return { width, height, values };
}

/** The picture or its negative, whichever has ink lighter than its background. */
function lightOnDark({ width, height, values }: Field<Uint8Array>): {
  field: Field<Uint8Array>;
  /** Level of the background. */
  background: number;
  /** By how many levels the ink is lighter. */
  contrast: number;
} {
  const background = median(borderOf({ width, height, values }));
  const { darkest, lightest } = extremes(values);
  const [darker, lighter] = [background - darkest, lightest - background];
  const contrast = Math.max(darker, lighter);
  if (contrast < MIN_CONTRAST) {
    throw new Error('no ink found: nothing stands out from the background');
  }
  return lighter >= darker
    ? { field: { width, height, values }, background, contrast }
    : {
        field: { width, height, values: values.map((value) => 255 - value) },
        background: 255 - background,
        contrast,
      };
}

/** The pixels along the four sides. */
function borderOf({ width, height, values }: Field<Uint8Array>): Uint8Array {
  return values.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
}

function median(values: Uint8Array): number {
  return values.toSorted()[values.length >> 1]!;
}

/**
 * The darkest and the lightest level that more than a few pixels reach: as many as in a line of
 * one pixel's width along an eighth of the picture.
 */
function extremes(values: Uint8Array): { darkest: number; lightest: number } {
  const pixels = new Uint32Array(256);
  for (const value of values) pixels[value]!++;
  const few = Math.floor(Math.sqrt(values.length) / 8);
  const reached = (levels: number[]) => {
    let beyond = 0;
    return levels.find((level) => {
      beyond += pixels[level]!;
      return beyond > few;
    })!;
  };
  const levels = [...pixels.keys()];
  return { darkest: reached(levels), lightest: reached(levels.toReversed()) };
}

/** Whether a light digit on black is as MNIST has it: its size, its background and its place. */
function hasMnistForm(field: Field<Uint8Array>): boolean {
  if (field.width !== FIELD || field.height !== FIELD) return false;
  const { left, top, right, bottom } = boxOf(field, 1);
  const side = Math.max(right - left, bottom - top);
  const { x, y } = centreOfMass(field);
  // A few of MNIST's have been cut off at the border by one pixel.
  return (side === BOX || side === BOX - 1) && Math.round(x) === CENTRE && Math.round(y) === CENTRE;
}

/** Background and noise brought to 0, ink to 255, linear in between. */
function cleaned(field: Field<Uint8Array>, background: number, contrast: number): Field {
  // Four standard deviations of normal noise, by way of the median absolute deviation, which ink that
  // reaches the border does not change; but never more than half of the contrast.
  const absolute = borderOf(field).map((value) => Math.abs(value - background));
  const noise = Math.min(4 * 1.4826 * median(absolute), contrast / 2);
  const values = new Float32Array(field.values).map((value) => {
    const ink = (value - background - noise) / (contrast - noise);
    return 255 * Math.min(1, Math.max(0, ink));
  });
  return { ...field, values };
}

/** The ink without its specks. */
function withoutSpecks({ width, height, values }: Field): Field {
  const patches: { pixels: number[]; mass: number }[] = [];
  const seen = new Uint8Array(values.length);
  const isNew = (i: number) => seen[i] === 0 && values[i]! >= FAINT * 255;
  for (let start = 0; start < values.length; start++) {
    if (!isNew(start)) continue;
    seen[start] = 1;
    const pixels = [start];
    let mass = 0;
    // Grows while it is walked through: each pixel adds its new neighbours, of eight.
    for (const i of pixels) {
      mass += values[i]!;
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
        for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
          const neighbour = row * width + column;
          if (!isNew(neighbour)) continue;
          seen[neighbour] = 1;
          pixels.push(neighbour);
        }
      }
    }
    patches.push({ pixels, mass });
  }
  const least = SPECK * patches.reduce((most, { mass }) => Math.max(most, mass), 0);
  const kept = values.slice();
  for (const { pixels, mass } of patches) if (mass < least) for (const i of pixels) kept[i] = 0;
  return { width, height, values: kept };
}

/** The smallest box that holds all values of at least `least`; there is one. */
function boxOf({ width, values }: Field<Uint8Array | Float32Array>, least: number): Box {
  const box = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x + 1);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

/** What is in the box, scaled so that its longer side is `BOX` pixels. */
function resized({ width, values }: Field, { left, top, right, bottom }: Box): Field {
  const scale = BOX / Math.max(right - left, bottom - top);
  const across = samples(right - left, Math.max(1, Math.round((right - left) * scale)));
  const down = samples(bottom - top, Math.max(1, Math.round((bottom - top) * scale)));
  const result = new Float32Array(across.length * down.length);
  for (const [y, rows] of down.entries()) {
    for (const [x, columns] of across.entries()) {
      let sum = 0;
      for (const row of rows) {
        const start = (top + row.place) * width + left;
        for (const column of columns) {
          sum += row.weight * column.weight * values[start + column.place]!;
        }
      }
      result[y * across.length + x] = sum;
    }
  }
  return { width: across.length, height: down.length, values: result };
}

/** The strongest ink brought back to 255: thin lines fade when they are shrunk. */
function stretched(ink: Field): Field {
  const strongest = ink.values.reduce((most, value) => Math.max(most, value), 0);
  return { ...ink, values: ink.values.map((value) => (value * 255) / strongest) };
}

/** The ink on an empty field, its centre of mass as near to MNIST's as it fits without a cut. */
function centred(ink: Field): Uint8Array {
  const { x, y } = centreOfMass(ink);
  const place = (centre: number, size: number) =>
    Math.min(Math.max(Math.round(CENTRE - centre), 0), FIELD - size);
  const [left, top] = [place(x, ink.width), place(y, ink.height)];
  const field = new Uint8Array(FIELD * FIELD);
  for (const [i, value] of ink.values.entries()) {
    const row = top + Math.floor(i / ink.width);
    field[row * FIELD + left + (i % ink.width)] = Math.round(value);
  }
  return field;
}

/** In pixels from the first one's centre. */
function centreOfMass({ width, values }: Field<Uint8Array | Float32Array>): {
  x: number;
  y: number;
} {
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  }
  return { x: x / mass, y: y / mass };
}

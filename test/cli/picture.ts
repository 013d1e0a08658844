/** Pictures of a seven, drawn in whatever way a test wants. */

import type { Pixels } from '../../src/data/digit-image.ts';

export type Color = readonly [red: number, green: number, blue: number, alpha: number];

export const BLACK: Color = [0, 0, 0, 255];
export const WHITE: Color = [255, 255, 255, 255];
export const NOTHING: Color = [0, 0, 0, 0];

export interface Picture {
  width: number;
  height: number;
  ink: Color;
  paper: Color;
  /** The digit's box: its left, its top and its height; it is ⅗ as wide. */
  left: number;
  top: number;
  size: number;
}

/** A seven with antialiased strokes, a seventh of its height thick. */
export function seven(picture: Partial<Picture> = {}): Pixels {
  const { width, height, ink, paper, left, top, size } = {
    width: 100,
    height: 100,
    ink: BLACK,
    paper: WHITE,
    left: 30,
    top: 20,
    size: 60,
    ...picture,
  };
  const radius = size / 14;
  const corner = (x: number, y: number) =>
    [
      left + radius + x * (0.6 * size - 2 * radius),
      top + radius + y * (size - 2 * radius),
    ] as const;
  const points = [corner(0, 0), corner(1, 0), corner(0.3, 1)];
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const at = [(i % width) + 0.5, Math.floor(i / width) + 0.5] as const;
    const away = Math.min(
      distance(at, points[0]!, points[1]!),
      distance(at, points[1]!, points[2]!),
    );
    const cover = Math.min(1, Math.max(0, radius - away + 0.5));
    for (let c = 0; c < 4; c++) data[4 * i + c] = paper[c]! + cover * (ink[c]! - paper[c]!);
  }
  return { width, height, data };
}

/** 28 × 28 levels as an opaque grey picture. */
export function grey(levels: Uint8Array): Pixels {
  return {
    width: 28,
    height: 28,
    data: Uint8Array.from({ length: levels.length * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : levels[i >> 2]!,
    ),
  };
}

type Point = readonly [x: number, y: number];

/** From a point to the line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

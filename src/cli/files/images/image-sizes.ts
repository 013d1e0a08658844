/** The size that the images of a folder are brought to, where nobody says. */

import type { Size } from '../../../data/resampling.ts';

/** Of the longer side: dense layers have a weight for each pixel and unit. */
const LONGEST = 64;
/** The share of the images that makes a size the usual one. */
const USUAL = 0.1;

/**
 * The most frequent of the sizes, the first of several. Where fewer than a tenth have it, as of cuttings,
 * the median width and height. Either is brought to `LONGEST` pixels at most, its proportions kept.
 */
export function usualSize(sizes: readonly Size[]): Size {
  const counts = new Map<string, { size: Size; images: number }>();
  for (const size of sizes) {
    const key = `${size.width}x${size.height}`;
    counts.set(key, { size, images: (counts.get(key)?.images ?? 0) + 1 });
  }
  const [first, ...others] = counts.values();
  const frequent = others.reduce((most, one) => (one.images > most.images ? one : most), first!);
  const isUsual = frequent.images >= USUAL * sizes.length;
  const { width, height } = isUsual
    ? frequent.size
    : { width: median(sizes, 'width'), height: median(sizes, 'height') };
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

function median(sizes: readonly Size[], side: keyof Size): number {
  return sizes.map((size) => size[side]).sort((a, b) => a - b)[sizes.length >> 1]!;
}

/** What was done with images of these sizes, if anything: "90 of 600 images brought to 32 × 32 pixels". */
export function sizesText(sizes: readonly Size[], { width, height }: Size): string | undefined {
  const others = sizes.filter((size) => size.width !== width || size.height !== height).length;
  if (others === 0) return undefined;
  const some = others === sizes.length ? 'all images' : `${others} of ${sizes.length} images`;
  return `${some} were brought to ${width} × ${height} pixels; --size takes another size`;
}

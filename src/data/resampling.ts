/** Images brought to another size. */

/** Of an image, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place that a new one is made of, and how much of it. */
interface Sample {
  readonly place: number;
  readonly weight: number;
}

/**
 * For each of `to` places along a side, the source's places that it is made of; their weights add
 * up to 1. Shrinking takes the mean over the area, enlarging interpolates linearly.
 */
export function samples(from: number, to: number): Sample[][] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (ratio < 1) {
      const at = Math.min(Math.max((i + 0.5) * ratio - 0.5, 0), from - 1);
      const place = Math.min(Math.floor(at), Math.max(0, from - 2));
      const weight = at - place;
      return [
        { place, weight: 1 - weight },
        { place: Math.min(place + 1, from - 1), weight },
      ];
    }
    const [begin, end] = [i * ratio, Math.min((i + 1) * ratio, from)];
    const first = Math.floor(begin);
    return Array.from({ length: Math.ceil(end) - first }, (_, j) => {
      const place = first + j;
      return { place, weight: (Math.min(place + 1, end) - Math.max(place, begin)) / ratio };
    });
  });
}

/**
 * The levels of an image in another size, row by row, a byte for each channel of a pixel. It takes the
 * proportions of the new size.
 */
export function resampled(levels: Uint8Array, from: Size, to: Size, channels: number): Uint8Array {
  if (from.width === to.width && from.height === to.height) return levels;
  const across = samples(from.width, to.width);
  const down = samples(from.height, to.height);
  // Along the rows first, then along the columns: each sum has the places of one side alone.
  const rows = new Float64Array(from.height * to.width * channels);
  for (let y = 0, i = 0; y < from.height; y++) {
    for (const places of across) {
      for (let channel = 0; channel < channels; channel++, i++) {
        const start = y * from.width * channels + channel;
        let sum = 0;
        for (const { place, weight } of places) sum += weight * levels[start + place * channels]!;
        rows[i] = sum;
      }
    }
  }
  const length = to.width * channels;
  const result = new Uint8Array(to.height * length);
  const line = new Float64Array(length);
  for (const [y, places] of down.entries()) {
    line.fill(0);
    for (const { place, weight } of places) {
      for (let i = 0; i < length; i++) line[i]! += weight * rows[place * length + i]!;
    }
    for (let i = 0; i < length; i++) result[y * length + i] = Math.round(line[i]!);
  }
  return result;
}

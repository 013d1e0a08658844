/** Small pictures inside a page, as PNG data. */
import { PNG } from 'pngjs';
import type { Size } from '../../files/images/image-file.ts';
import { type Html, html } from './html.ts';

/** @param pixelAt red, green, blue and alpha of a pixel, each 0 to 255 */
export function picture(
  { width, height }: Size,
  alt: string,
  pixelAt: (i: number) => readonly [number, number, number, number],
): Html {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) png.data.set(pixelAt(i), 4 * i);
  const data = PNG.sync.write(png).toString('base64');
  return html`<img alt="${alt}" width="${width}" height="${height}" src="data:image/png;base64,${data}">`;
}

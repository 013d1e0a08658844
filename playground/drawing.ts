/** The sheet that people draw on, with a mouse, a finger or a pen. */

import { digitImage } from '../src/data/digit-image.ts';

/** Pixels along a side, whatever size it is shown at. */
const SIDE = 280;
const PEN = 24;

export class Sheet {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #last: { x: number; y: number } | undefined;

  /** @param onStroke called with the digit in MNIST's form as it grows; undefined where none is */
  constructor(canvas: HTMLCanvasElement, onStroke: (digit: Uint8Array | undefined) => void) {
    this.#canvas = canvas;
    canvas.width = SIDE;
    canvas.height = SIDE;
    this.#context = canvas.getContext('2d', { willReadFrequently: true })!;
    this.clear();
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this.#last = this.#place(event);
      this.#draw(event);
      onStroke(this.#digit());
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last === undefined) return;
      for (const part of event.getCoalescedEvents?.() ?? []) this.#draw(part);
      this.#draw(event);
      onStroke(this.#digit());
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, () => {
        this.#last = undefined;
      });
    }
  }

  /** Takes all ink away. */
  clear(): void {
    this.#context.fillStyle = '#fff';
    this.#context.fillRect(0, 0, SIDE, SIDE);
  }

  /** Shows an image of side × side bytes, 255 for ink. */
  show(bytes: ArrayLike<number>, side: number): void {
    this.clear();
    const small = document.createElement('canvas');
    small.width = small.height = side;
    const context = small.getContext('2d')!;
    const image = context.createImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      image.data.fill(255 - bytes[i]!, 4 * i, 4 * i + 3);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    this.#context.drawImage(small, 0, 0, SIDE, SIDE);
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  #draw(event: PointerEvent): void {
    const to = this.#place(event);
    const from = this.#last ?? to;
    const context = this.#context;
    context.strokeStyle = '#000';
    context.lineWidth = PEN;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    this.#last = to;
  }

  #digit(): Uint8Array | undefined {
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE);
    try {
      return digitImage({ width: SIDE, height: SIDE, data: new Uint8Array(data.buffer) });
    } catch {
      // Nothing stands out from the sheet: there is no digit yet.
      return undefined;
    }
  }
}

/** The sheet to draw on with a mouse, a finger, a pen or the keyboard. */
import { digitImage, FIELD } from '../../src/data/digit-image.ts';
import { text } from '../texts/languages.ts';

/** Pixels along a side, whatever size it is shown at. */
const SIDE = 280;
const PEN = 24;
/** How far an arrow key moves the pen. */
const STRIDE = 14;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface SheetWatcher {
  /** The drawing in MNIST's form, after each change; all zero if empty. */
  drawing(digit: Uint8Array): void;
  /** A stroke has ended. */
  drawn(): void;
  /** Position of the keyboard's pen, 0 to 1, and whether it is down; undefined: not shown. */
  pen(place: Place | undefined, down: boolean): void;
}

export class Sheet {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #watcher: SheetWatcher;
  /** The last point of the current stroke. */
  #last: Place | undefined;
  /** The keyboard's pen. */
  #pen: Place = { x: SIDE / 2, y: SIDE / 4 };
  #penDown = false;
  /** Whether what is on the sheet was put there by `show`. */
  #shown = false;

  constructor(canvas: HTMLCanvasElement, watcher: SheetWatcher) {
    this.#canvas = canvas;
    this.#watcher = watcher;
    canvas.width = SIDE;
    canvas.height = SIDE;
    canvas.role = 'application';
    canvas.ariaLabel = text('drawing.sheet');
    canvas.tabIndex = 0;
    this.#context = canvas.getContext('2d', { willReadFrequently: true })!;
    this.#wipe();
    this.#followPointer();
    this.#followKeys();
  }

  /** Clears the sheet. */
  clear(): void {
    this.#wipe();
    this.#watcher.drawing(new Uint8Array(FIELD * FIELD));
  }

  /** Shows an image; the next stroke begins on an empty sheet. */
  show(image: HTMLCanvasElement): void {
    this.#wipe();
    this.#context.imageSmoothingEnabled = image.width > 8;
    this.#context.drawImage(image, 0, 0, SIDE, SIDE);
    this.#shown = true;
  }

  #followPointer(): void {
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#last = this.#placeOf(event);
      this.#lineTo(this.#last);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last === undefined) return;
      for (const part of event.getCoalescedEvents?.() ?? []) this.#ink(this.#placeOf(part));
      this.#lineTo(this.#placeOf(event));
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, () => {
        if (this.#last === undefined) return;
        this.#last = undefined;
        this.#watcher.drawn();
      });
    }
  }

  #followKeys(): void {
    const tell = () => {
      const { x, y } = this.#pen;
      this.#watcher.pen({ x: x / SIDE, y: y / SIDE }, this.#penDown);
    };
    this.#canvas.addEventListener('keydown', (event) => {
      const arrow = ARROWS[event.key];
      if (event.key === ' ' || event.key === 'Enter') {
        this.#penDown = !this.#penDown;
        if (this.#penDown) {
          this.#last = this.#pen;
          this.#lineTo(this.#pen);
        } else {
          this.#last = undefined;
          this.#watcher.drawn();
        }
      } else if (arrow !== undefined) {
        const within = (value: number) => Math.max(PEN / 2, Math.min(SIDE - PEN / 2, value));
        const [right, down] = arrow;
        this.#pen = {
          x: within(this.#pen.x + right * STRIDE),
          y: within(this.#pen.y + down * STRIDE),
        };
        if (this.#penDown) this.#lineTo(this.#pen);
      } else {
        return;
      }
      event.preventDefault();
      tell();
    });
    this.#canvas.addEventListener('focus', () => {
      if (this.#canvas.matches(':focus-visible')) tell();
    });
    this.#canvas.addEventListener('blur', () => {
      this.#penDown = false;
      this.#last = undefined;
      this.#watcher.pen(undefined, false);
    });
  }

  #wipe(): void {
    this.#context.fillStyle = '#fff';
    this.#context.fillRect(0, 0, SIDE, SIDE);
    this.#shown = false;
  }

  #placeOf(event: PointerEvent): Place {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  #lineTo(to: Place): void {
    if (this.#shown) this.#wipe();
    this.#ink(to);
    this.#watcher.drawing(this.#digit());
  }

  #ink(to: Place): void {
    const from = this.#last ?? to;
    const context = this.#context;
    context.fillStyle = '#000';
    context.lineWidth = PEN;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    // A line of no length leaves no ink, whatever its caps.
    context.beginPath();
    context.arc(to.x, to.y, PEN / 2, 0, 2 * Math.PI);
    context.fill();
    this.#last = to;
  }

  #digit(): Uint8Array {
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE);
    return digitImage({ width: SIDE, height: SIDE, data: new Uint8Array(data.buffer) });
  }
}

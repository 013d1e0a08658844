/** The page of the gestures, for both libraries: a pad to draw on, buttons, and a line of text. */

/** How many points a gesture is made of. */
const POINTS = 16;

/** Two coordinates of each. */
export const FEATURES = 2 * POINTS;

export const GESTURES = ['circle', 'line', 'zigzag'];

/** @type {HTMLButtonElement} */
export const train = find('#train');

/** @type {HTMLOutputElement} */
const output = find('output');

/** @param {string} text what the page says */
export function show(text) {
  output.textContent = text;
}

/**
 * Calls `callback` with each gesture that is drawn: its points, and its number if it is an example to learn from, or
 * undefined if it is to be recognised.
 *
 * @param {(points: number[], label: number | undefined) => void} callback
 */
export function onGesture(callback) {
  /** @type {HTMLCanvasElement} */
  const pad = find('canvas');
  const pen = /** @type {CanvasRenderingContext2D} */ (pad.getContext('2d'));
  /** @type {[x: number, y: number][]} */
  let path = [];
  pad.onpointerdown = () => {
    path = [];
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.beginPath();
  };
  pad.onpointermove = ({ buttons, offsetX, offsetY }) => {
    if (buttons === 0) return;
    path.push([offsetX, offsetY]);
    pen.lineTo(offsetX, offsetY);
    pen.stroke();
  };
  pad.onpointerup = () => {
    if (path.length < 2) return;
    const chosen = document.querySelector('input:checked');
    const label = GESTURES.indexOf(chosen?.id ?? '');
    callback(pointsOf(path), label < 0 ? undefined : label);
  };
}

/** Points at equal times, around 0 and to ±1. @param {[x: number, y: number][]} path */
function pointsOf(path) {
  const points = Array.from({ length: POINTS }, (_, i) => {
    const at = Math.round((i / (POINTS - 1)) * (path.length - 1));
    return /** @type {[number, number]} */ (path[at]);
  });
  const extent = (/** @type {0 | 1} */ axis) => {
    const values = points.map((point) => point[axis]);
    return { least: Math.min(...values), largest: Math.max(...values) };
  };
  const [x, y] = [extent(0), extent(1)];
  const half = Math.max(x.largest - x.least, y.largest - y.least, 1) / 2;
  return points.flatMap(([px, py]) => [
    (px - (x.least + x.largest) / 2) / half,
    (py - (y.least + y.largest) / 2) / half,
  ]);
}

/** @param {string} selector */
function find(selector) {
  return /** @type {any} */ (document.querySelector(selector));
}

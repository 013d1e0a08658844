/** A page that draws no frame for so long counts as hidden, in milliseconds. */
const HIDDEN = 1000;

/** The time between frames where there are none, as in Node, in milliseconds. */
const UNDRAWN = 16;

/** Calls back on the page's next frame. */
export function onNextFrame(callback: () => void): void {
  if (typeof requestAnimationFrame === 'undefined') {
    setTimeout(callback, UNDRAWN);
    return;
  }
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    callback();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN);
}

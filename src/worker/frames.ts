/** How long a page may leave a frame undrawn before it is taken to be hidden, in milliseconds. */
const HIDDEN = 1000;

/** The time between frames where nothing is drawn, in milliseconds. */
const UNDRAWN = 16;

/** Calls back with the page's next frame. */
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

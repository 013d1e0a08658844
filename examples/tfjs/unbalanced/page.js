/** The page, for both libraries: a button and a line of text. */

/** @type {HTMLButtonElement} */
export const stop = /** @type {any} */ (document.querySelector('button'));

/** @param {string} text what the page says */
export function show(text) {
  const output = /** @type {HTMLOutputElement} */ (document.querySelector('output'));
  output.textContent = text;
}

/**
 * Says on a terminal what is under way, in one line of standard error that the next one overwrites;
 * an empty text clears it. Elsewhere it says nothing.
 *
 * @param {string} text
 */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

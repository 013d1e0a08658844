/** A real Chromium for the tests, without a window. */
export { launch } from '../../scripts/browser.js';

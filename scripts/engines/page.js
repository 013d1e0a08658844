/** The page in which browsers do what every engine is asked to. */
import { fileURLToPath } from 'node:url';
import { ISOLATED, serveSite } from '../site.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const HTML =
  '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>';

const MAIN = `
  import { checkEngine, loadLibrary } from '/scripts/engines/trainings.js';

  const post = (event) => fetch('/', { method: 'POST', body: JSON.stringify(event) });
  try {
    const given = new Uint8Array(await (await fetch('/given')).arrayBuffer());
    await checkEngine(await loadLibrary('/dist/'), given, (finding) => post({ finding }));
    await post({ agent: navigator.userAgent });
  } catch (error) {
    await post({ error: String(error) });
  }
`;

/**
 * Serves the page, on an address of its own.
 *
 * @param {Uint8Array} given the file of a checkpoint that another engine wrote
 * @param {(finding: import('./trainings.js').Finding) => void} report
 * @returns {Promise<import('../site.js').Site & { agent: Promise<string> }>} `agent`: the
 *   browser's user agent, once it has done everything
 */
export async function serveEnginePage(given, report) {
  const files = { '/index.html': HTML, '/main.js': MAIN, '/given': given };
  /** @type {(body: string) => void} */
  let onPost = () => {};
  /** @type {Promise<string>} */
  const agent = new Promise((resolve, reject) => {
    onPost = (body) => {
      const { agent, finding, error } = JSON.parse(body);
      if (finding !== undefined) report(finding);
      else if (error !== undefined) reject(new Error(error));
      else resolve(agent);
    };
  });
  return { ...(await serveSite(ROOT, { files, headers: ISOLATED, onPost })), agent };
}

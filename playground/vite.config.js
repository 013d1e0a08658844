import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { defineConfig } from 'vite';
import { english } from './texts/english.ts';
import { fillTexts } from './texts/fill.ts';
import { LANGUAGES } from './texts/tables.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** The playground as static files that work from any path of any host. */
export default defineConfig({
  root: ROOT,
  base: './',
  build: {
    outDir: fileURLToPath(new URL('../build/playground', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Of the packages inside, as their licenses ask for.
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
  plugins: [withTexts(), digitsAtOnce(), offline()],
});

/**
 * Fills the page with its English texts and the menu of languages, so that it has them before its script runs.
 *
 * @returns {import('vite').Plugin}
 */
export function withTexts() {
  return {
    name: 'texts',
    transformIndexHtml: {
      order: 'pre',
      handler(html) {
        const { document } = parseHTML(html);
        fillTexts(document, english);
        const menu = /** @type {Element} */ (document.getElementById('language'));
        menu.innerHTML = Object.entries(LANGUAGES)
          .map(([tag, { name }]) => `<option value="${tag}" lang="${tag}">${name}</option>`)
          .join('');
        return document.toString();
      },
    },
  };
}

/**
 * Has the bundled digits loaded while the page's script is: the first training waits for them.
 *
 * @returns {import('vite').Plugin}
 */
function digitsAtOnce() {
  return {
    name: 'digits-at-once',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        const name = Object.keys(bundle ?? {}).find((name) => /\/digits-[^/]*\.bin$/.test(name));
        if (name === undefined) throw new Error('found no file of the digits');
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: `./${name}` },
            injectTo: 'head',
          },
        ];
      },
    },
  };
}

/**
 * Whether the page never loads a file. The worker's script is among the files, so nothing replaces it.
 * Networks have one thread. The benchmark's networks are dense and not loaded from files: its worker asks for
 * nothing. A script that is an asset is of a worker.
 *
 * @param {import('vite').Rolldown.OutputAsset | import('vite').Rolldown.OutputChunk} file
 */
function isNeverAskedFor({ fileName, type }) {
  const isPartOfWorker = type === 'asset' && /\.js$/.test(fileName) && !/worker/.test(fileName);
  return (
    isPartOfWorker ||
    /(?:restart|threads|threaded-core|threaded-convolution-core)-[^/]*$/.test(fileName)
  );
}

/**
 * Whether only those who open a table ask for a file: the service worker keeps it then.
 *
 * @param {import('vite').Rolldown.OutputAsset | import('vite').Rolldown.OutputChunk} file
 */
function isForTables({ fileName }) {
  return /(?:open-table|table-view)-[^/]*$/.test(fileName);
}

/**
 * Writes service-worker.js, with the names of all files that were built.
 *
 * @returns {import('vite').Plugin}
 */
function offline() {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      // After Vite has put the page itself among the files.
      order: 'post',
      handler(_, bundle) {
        const version = createHash('sha256');
        for (const file of Object.values(bundle)) {
          version.update(file.type === 'chunk' ? file.code : file.source);
        }
        const built = Object.values(bundle).filter(
          (file) => !isNeverAskedFor(file) && !isForTables(file),
        );
        const names = built.map(({ fileName }) => fileName).filter((name) => name !== 'index.html');
        const files = ['./', ...names, ...readdirSync(`${ROOT}public`)];
        this.emitFile({
          type: 'asset',
          fileName: 'service-worker.js',
          source: readFileSync(`${ROOT}service-worker.js`, 'utf8')
            .replace("'%FILES%'", JSON.stringify(files))
            .replace('%VERSION%', version.digest('hex').slice(0, 16)),
        });
      },
    },
  };
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig, parseAstAsync } from 'vite';
import served, { withTexts } from './vite.config.js';

const PUBLIC = fileURLToPath(new URL('./public/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

/**
 * The playground as one HTML file that opens from disk: build/playground/relumax.html. Built after
 * vite.config.js, which empties the folder, and lists for the service worker what is in it then.
 *
 * A page from disk may not load modules or start workers by address. So scripts, styles and pictures are
 * inside, and workers are started from blobs.
 */
export default defineConfig(
  mergeConfig(
    { ...served, plugins: [] },
    {
      mode: 'single-file',
      resolve: {
        // With the library's sources the worker's text is there once, for all that may start from it.
        alias: [
          { find: /^relumax$/, replacement: `${SOURCES}index.ts` },
          { find: /^relumax\/(\w+)$/, replacement: `${SOURCES}$1.ts` },
          { find: './data/fetched-digits.ts', replacement: `${SOURCES}data/digits.ts` },
        ],
      },
      build: {
        emptyOutDir: false,
        copyPublicDir: false,
        assetsInlineLimit: Number.MAX_SAFE_INTEGER,
        cssCodeSplit: false,
        rolldownOptions: { output: { codeSplitting: false } },
      },
      worker: { format: 'iife' },
      plugins: [withTexts(), picturesInside(), workersInside(), singleFile('relumax.html')],
    },
  ),
);

/**
 * Puts the files of public/ into the page, in place of their addresses.
 *
 * @returns {import('vite').Plugin}
 */
function picturesInside() {
  return {
    name: 'pictures-inside',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        readdirSync(PUBLIC).reduce((page, name) => {
          if (!name.endsWith('.svg')) throw new Error(`public/${name}: expected an SVG picture`);
          const picture = readFileSync(PUBLIC + name).toString('base64');
          return page.replaceAll(`./${name}`, `data:image/svg+xml;base64,${picture}`);
        }, html),
    },
  };
}

/** A worker of the page's own, as Vite recognises it. */
const OWN_WORKER =
  /new Worker\(\s*new URL\('(?<script>[^']+)', import\.meta\.url\),\s*\{ type: 'module' \},?\s*\)/g;
/** Before the address of the library's worker. */
const LIBRARY_WORKER = /(?<== new URL\()(?='\.\/worker-thread\.js')/;

/**
 * Puts the scripts of workers into the code that starts them.
 *
 * @returns {import('vite').Plugin}
 */
function workersInside() {
  return {
    name: 'workers-inside',
    enforce: 'pre',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        replaced(html, [
          /(?=<script type="module" src=".\/main.ts">)/,
          '<script type="module" src="./worker-inside.ts"></script>',
        ]),
    },
    transform: {
      filter: { code: /import\.meta\.url/ },
      handler(code) {
        /** @type {string[]} */
        const imports = [];
        const inside = code.replace(OWN_WORKER, (...found) => {
          const { script } = /** @type {{ script: string }} */ (found.at(-1));
          const name = `InsideWorker${imports.length}`;
          imports.push(`import ${name} from '${script}?worker&inline';`);
          return `new ${name}()`;
        });
        // Never asked for, so Vite need not warn that there is no such file beside the source.
        const quiet = inside.replace(LIBRARY_WORKER, '/* @vite-ignore */ ');
        return [...imports, quiet].join('\n');
      },
    },
  };
}

/**
 * Makes one file of the page, its script and its styles, with the licenses of what is inside.
 *
 * @param {string} fileName
 * @returns {import('vite').Plugin}
 */
function singleFile(fileName) {
  return {
    name: 'single-file',
    generateBundle: {
      // After Vite has put the page itself among the files.
      order: 'post',
      async handler(_, bundle) {
        const script = await insideScript(textOf(bundle, /\.js$/));
        const style = textOf(bundle, /\.css$/);
        const licenses = textOf(bundle, /^licenses\.md$/);
        const page = textOf(bundle, /^index\.html$/);
        const names = Object.keys(bundle);
        if (names.length > 4) {
          throw new Error(`found the files ${names.join(', ')}, expected one for each kind`);
        }
        if (/<\/style/i.test(style)) throw new Error('the style sheet has </style in it');
        if (/--!?>/.test(licenses)) throw new Error('a license has the end of a comment in it');

        const html = replaced(
          page,
          [/<script type="module"[^>]*><\/script>/, ''],
          [/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`],
          [
            /(?<=http-equiv="Content-Security-Policy"\s+content=")[^"]*/,
            (policy) => insidePolicy(policy, script),
          ],
          // Last, so that what a slow device has read of the file is seen before.
          [/(?=<\/body>)/, `<script type="module">${script}</script>\n<!--\n${licenses}\n-->\n`],
        );
        for (const name of names) delete bundle[name];
        this.emitFile({ type: 'asset', fileName, source: html });
      },
    },
  };
}

/**
 * The text of the only file of a kind.
 *
 * @param {import('vite').Rolldown.OutputBundle} bundle
 * @param {RegExp} kind matches its name
 */
function textOf(bundle, kind) {
  const [file, ...others] = Object.values(bundle).filter(({ fileName }) => kind.test(fileName));
  if (file === undefined || others.length > 0) {
    throw new Error(`found the files ${Object.keys(bundle).join(', ')}, expected one ${kind}`);
  }
  return file.type === 'chunk' ? file.code : String(file.source);
}

/**
 * Replaces parts of a page, each of which must be there once.
 *
 * @param {string} page
 * @param {...[RegExp, string | ((found: string) => string)]} replacements
 */
function replaced(page, ...replacements) {
  return replacements.reduce((text, [part, by]) => {
    const times = text.match(new RegExp(part, 'g'))?.length ?? 0;
    if (times !== 1) throw new Error(`index.html: found ${part} ${times} times, expected it once`);
    return text.replace(part, typeof by === 'string' ? () => by : by);
  }, page);
}

/**
 * A script as an element of HTML holds it. There, `<!--`, `<script` and `</script` have a meaning even in
 * strings; where they are not in one, the script cannot be parsed any more.
 *
 * @param {string} code
 */
async function insideScript(code) {
  const script = code.trim().replace(/<(?=!--|\/?script)/gi, '\\x3C');
  if (/[\r\0]/.test(script)) {
    throw new Error('the script has characters in it that HTML replaces');
  }
  await parseAstAsync(script);
  return script;
}

/**
 * The page's policy for a page without files: this script and no other, workers from blobs, no requests.
 *
 * @param {string} policy
 * @param {string} script
 */
function insidePolicy(policy, script) {
  const hash = createHash('sha256').update(script).digest('base64');
  const directives = new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      const inside = sources.filter((source) => source !== "'self'");
      return /** @type {[string, string[]]} */ ([name, inside]);
    }),
  );
  directives.get('script-src')?.unshift(`'sha256-${hash}'`);
  directives.set('worker-src', ['blob:']);
  return [...directives]
    .map(([name, sources]) => [name, ...(sources.length > 0 ? sources : ["'none'"])].join(' '))
    .join('; ');
}

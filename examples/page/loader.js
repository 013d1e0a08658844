/** The core alone, instantiated by AssemblyScript's loader: nothing of relumax but core.wasm. */
import { instantiate } from '@assemblyscript/loader';
import { SIZES, trainOnCore } from './train-on-core.js';

const url = new URL('./node_modules/relumax/dist/core.wasm', location.href);
const { exports: core } = await instantiate(fetch(url));

const network = core.newNetwork();
for (let l = 1; l < SIZES.length; l++) core.addLayer(network, SIZES[l - 1], SIZES[l]);
const staging = core.layOut(network);
const missing = staging - core.memory.buffer.byteLength;
if (missing > 0) core.memory.grow(Math.ceil(missing / 2 ** 16));
trainOnCore(core, { network, staging });

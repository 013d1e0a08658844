/** The core alone, instantiated by relumax/core, which lays a network out as well. */
import { instantiateCore, layOutNetwork } from 'relumax/core';
import { SIZES, trainOnCore } from './train-on-core.js';

const url = new URL('./node_modules/relumax/dist/core.wasm', location.href);
const core = await instantiateCore(await WebAssembly.compileStreaming(fetch(url)));
trainOnCore(core, layOutNetwork(core, SIZES));

import core from 'relumax/core.wasm';
import { loadCore, loadDigits, Network } from 'relumax/slim';
import { trained } from './training.js';

export default {
  async fetch() {
    await loadCore(core);
    return trained({ loadDigits, Network });
  },
};

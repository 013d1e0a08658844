import core from 'relumax/core.wasm';
import { loadCore, loadDigits, Network } from 'relumax/slim';
import { lesson } from './lesson.js';

export default {
  async fetch() {
    await loadCore(core);
    return Response.json(await lesson({ loadDigits, Network }));
  },
};

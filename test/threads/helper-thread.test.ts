/** What a helper does with the memory that it receives, in a worker that says so. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { text } from '#helper';
import { compiledOnce } from '../../src/core/modules/convolution.ts';
import { threadedModule } from '../../src/core/modules/threaded.ts';
import type { Order } from '../../src/threads/messages.ts';

/** Sends with each answer what was done with memory before it. */
const WITNESS = `
  const { parentPort } = require('node:worker_threads');
  const done = [];
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    done.push('grow by ' + pages);
    return grow.call(this, pages);
  };
  WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(...given) {
      super(...given);
      done.push('instantiate');
    }
  };
  const { postMessage } = parentPort;
  parentPort.postMessage = (answer) => postMessage.call(parentPort, { ...answer, done });
`;

test('a helper looks again how large its memory is before it uses it', async () => {
  const worker = new Worker(WITNESS + text, { eval: true });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 ** 16, shared: true });
  // Of another session than there is, so that it leaves at once.
  const serve = { network: 512, thread: 1, session: 1 };
  const module = await threadedModule(false, compiledOnce);
  worker.postMessage({ memory, serve: { ...serve, module } } satisfies Order);
  expect(await once(worker, 'message')).toEqual([{ done: ['grow by 0', 'instantiate'] }]);
  await worker.terminate();
});

/** What a helper's worker runs: it serves one network after another (assembly/network/threads.ts). */
import { parentPort } from '../base/workers-node.ts';
import type { ThreadedExports } from '../core/exports.ts';
import type { Answer, Order } from './messages.ts';

const port = (parentPort() ?? self) as Worker;

port.addEventListener('message', ({ data }) => {
  const { memory, serve } = data as Order;
  const answer: Answer = {};
  let exports: ThreadedExports | undefined;
  try {
    if (serve) {
      // V8 may miss that the memory grew while this message was read; to grow it by nothing makes it look.
      memory.grow(0);
      const instance = new WebAssembly.Instance(serve.module, { env: { memory } });
      exports = instance.exports as unknown as ThreadedExports;
      exports.serve(serve.network, serve.thread, serve.session);
    }
  } catch (error) {
    exports?.fail(serve!.network);
    answer.error = String(error);
  }
  port.postMessage(answer);
});

// Some engines send shared memory, and only fail to receive it.
port.addEventListener('messageerror', () => {
  const answer: Answer = { error: 'a worker could not receive shared memory' };
  port.postMessage(answer);
});

/** The worker's script. `relumax/worker` starts it, and a worker of your own may import it. */

import { parentPort } from '../base/workers-node.ts';
import type { Connect } from './messages.ts';
import { serve } from './thread.ts';

const parent = parentPort() ?? self;
parent.addEventListener('message', (event) => {
  const message = (event as MessageEvent<Partial<Connect> | null>).data;
  if (message?.relumax === undefined || message.port === undefined) return;
  serve(message.port, message.relumax);
});

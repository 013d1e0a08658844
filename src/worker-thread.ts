/** relumax/worker-thread: the script that runs in the worker. */
import './worker/listen.ts';

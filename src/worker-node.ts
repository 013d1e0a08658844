/** relumax/worker for Node: the same, with the worker's script inside. */
import './worker/start-node.ts';

export * from './worker.ts';

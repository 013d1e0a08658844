/**
 * `relumax/worker` for Node and for bundles that run there. It contains the worker's script as text, so a
 * bundle needs no other file.
 */
import { text } from '#thread';
import { startNodeWorker } from '../base/workers-node.ts';
import { startFromText } from './start.ts';

startFromText(() => startNodeWorker(text));

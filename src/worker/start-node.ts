/**
 * `relumax/worker` for Node and for bundles that run there: the worker's script is in it as text, so
 * that no bundler has to find the file, and none is missing where the bundle goes.
 */
import { text } from '#thread';
import { startFromText } from './start.ts';
import { startNodeWorker } from './threads-node.ts';

startFromText(() => startNodeWorker(text));

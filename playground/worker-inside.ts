/**
 * Lets relumax/worker start workers from the text of their script: part of the single file, since a page
 * from disk may not load the script.
 */
import { text } from '#thread';
import { blobUrl, pageWorker, startFromText } from '../src/worker/start.ts';

startFromText(() => pageWorker(blobUrl(text), {}));

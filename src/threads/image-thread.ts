/** What a worker runs that moves images: those of one slot after the other. */
import { parentPort } from '../base/workers-node.ts';
import { type Frame, frameFor, moveImages } from './image-moves.ts';
import { ImageSlot } from './image-slots.ts';

parentPort()!.addEventListener('message', (event) => {
  const { data: memory } = event as MessageEvent<SharedArrayBuffer>;
  const slots = [new ImageSlot(memory, 0), new ImageSlot(memory, 1)];
  let size = '';
  let frame: Frame | undefined;
  // It ends with its worker.
  for (;;) {
    for (const slot of slots) {
      slot.wait();
      const order = slot.order();
      const images = slot.images();
      const needed = `${order.kind} ${order.width} ${order.height}`;
      if (needed !== size) frame = frameFor(order, images);
      size = needed;
      moveImages(order, images, images, 0, order.count, slot.words, frame!);
      slot.free();
    }
  }
});

/**
 * What the modules with convolution export besides. They are compiled from index.ts or threads.ts and this
 * file, which declares the name that network/memory.ts looks for.
 */

@global
export abstract class CONVOLUTION {}

export { addConvolution } from './network/convolution';
export { addImage, sizeOf } from './network/images';
export { addPooling } from './network/pooling';

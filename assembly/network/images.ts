/** What layers of images have in common. */

import { newLayer, strideOf } from './layers';
import { Image, Kind, Layer, Network } from './memory';

/** How many examples of images go through the layers at a time, at most: as a thread takes them. */
const TILE = 8;

/** How many floats may enter and leave a layer, of all examples that go through it at a time. */
const MOST_FLOATS = 1 << 22;

/** Says that the inputs are an image, channels last, before there is any layer. */
export function addImage(network: Network, height: i32, width: i32, channels: i32): void {
  network.features = height * width * channels;
  setImage(network.below(0), height, width, channels, channels);
  network.tile = TILE;
}

function setImage(image: Image, height: i32, width: i32, channels: i32, lanes: i32): void {
  image.height = height;
  image.width = width;
  image.channels = channels;
  image.lanes = lanes;
}

/** The record of one more layer, which gives an image; 0 where there is no memory for it. */
export function newImageLayer(
  network: Network,
  kind: Kind,
  height: i32,
  width: i32,
  channels: i32,
  lanes: i32,
): Layer {
  const below = network.below(network.depth);
  const entering = below.height * below.width * below.lanes;
  const layer = newLayer(network);
  if (changetype<usize>(layer) == 0) return layer;
  layer.kind = kind;
  setImage(layer, height, width, channels, lanes);
  layer.size = height * width * lanes;
  layer.stride = strideOf(layer.size);
  while (network.tile > 4 && network.tile * (entering + layer.size) > MOST_FLOATS) {
    network.tile >>= 1;
  }
  return layer;
}

/** How many floats layer index l gives of an example. */
export function sizeOf(network: Network, l: i32): i32 {
  return network.layer(l).size;
}

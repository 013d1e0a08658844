/** Max pooling: windows side by side, of each the maximum (docs/equations.md, eq. 31 and 32). */
import { clear } from '../kernels/pad';
import { f32Bytes } from '../kernels/panels';
import { maxPool, maxPoolBackward } from '../kernels/pool';
import { newImageLayer } from './images';
import { Kind, Layer, Network } from './memory';

/** Adds max pooling of windows of size × size; rows and columns that do not fill one are left out. */
export function addPooling(network: Network, size: i32): void {
  const below = network.below(network.depth);
  const height = below.height / size;
  const width = below.width / size;
  const layer = newImageLayer(network, Kind.MaxPool, height, width, below.channels, below.lanes);
  if (changetype<usize>(layer) == 0) return;
  layer.kernel = size;
  // It has no parameters.
  layer.weights = <usize>network.end;
  layer.biases = layer.weights;
}

/** P := the maxima of A, for m examples. */
export function pool(network: Network, l: i32, p: usize, a: usize, stride: i32, m: i32): void {
  const layer = network.layer(l);
  const below = network.below(l);
  const row = f32Bytes(below.width * below.lanes);
  for (let i = 0; i < m; i++) {
    maxPool(p, a, row, layer.height, layer.width, layer.lanes, layer.kernel);
    p += f32Bytes(layer.stride);
    a += f32Bytes(stride);
  }
}

/** dA := dP where A is a maximum P, else 0, for m examples; da and a have the form of the layer below. */
export function poolBackward(
  network: Network,
  l: i32,
  da: usize,
  dp: usize,
  p: usize,
  a: usize,
  m: i32,
): void {
  const layer = network.layer(l);
  const below = changetype<Layer>(network.below(l));
  const row = f32Bytes(below.width * below.lanes);
  const size = layer.kernel;
  const isWhole = layer.height * size == below.height && layer.width * size == below.width;
  for (let i = 0; i < m; i++) {
    if (!isWhole) clear(da, below.size);
    maxPoolBackward(da, dp, p, a, row, layer.height, layer.width, layer.lanes, size);
    da += f32Bytes(below.stride);
    a += f32Bytes(below.stride);
    p += f32Bytes(layer.stride);
    dp += f32Bytes(layer.stride);
  }
}

import * as tf from '@tensorflow/tfjs';

/**
 * The gradients of a convolution as convolutions themselves, which backend wasm does with XNNPACK. They
 * are registered in the way of https://www.tensorflow.org/js/guide/custom_ops_kernels_gradients.
 */

/**
 * The gradient of the filters, which backend wasm lacks (tensorflow/tfjs issue 8474): with examples and
 * channels exchanged, a convolution of the images by dZ. Of four ways this is the fastest; backend cpu's
 * kernel takes more than a hundred times as long, and that of 3D convolutions three times.
 */
export function addFilterGradient() {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc({ inputs: { x, dy }, attrs: { pad, filterShape } }) {
      const zeros = pad === 'same' ? (filterShape[0] - 1) / 2 : 'valid';
      return tf.tidy(() => {
        const filters = tf.transpose(dy, [1, 2, 0, 3]);
        const sums = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), filters, 1, zeros);
        return tf.transpose(sums, [1, 2, 0, 3]);
      });
    },
  });
}

/** That of the images, which backend wasm does in a loop of its own: a convolution by the filters, turned. */
export function replaceInputGradient() {
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    kernelName: 'Conv2DBackpropInput',
    backendName: 'wasm',
    kernelFunc({ inputs: { dy, filter }, attrs: { pad } }) {
      const zeros = pad === 'same' ? 'same' : filter.shape[0] - 1;
      return tf.tidy(() => {
        const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
        return tf.conv2d(dy, turned, 1, zeros);
      });
    },
  });
}

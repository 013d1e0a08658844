/** Which digit is it? */
import * as tf from '@tensorflow/tfjs';
import { loadDigits } from 'relumax';

const { inputs, labels } = await loadDigits();
const [xTrain, yTrain] = tensors(0, 1600);
const [xTest, yTest] = tensors(1600, 2000);

const model = tf.sequential();
model.add(
  tf.layers.conv2d({ inputShape: [28, 28, 1], kernelSize: 5, filters: 8, activation: 'relu' }),
);
model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
model.add(tf.layers.conv2d({ kernelSize: 5, filters: 16, activation: 'relu' }));
model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
model.add(tf.layers.flatten());
model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
model.compile({
  optimizer: 'adam',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(xTrain, yTrain, {
  batchSize: 32,
  epochs: 3,
  validationData: [xTest, yTest],
  callbacks: {
    onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}: ${logs.loss}, ${logs.val_acc}`),
  },
});

const [, accuracy] = model.evaluate(xTest, yTest);
console.log(`accuracy ${accuracy.dataSync()[0]}`);
const found = model.predict(xTest).argMax(1);
const confusion = tf.math.confusionMatrix(yTest, found, 10);
console.log(confusion.arraySync().join('\n'));
const { weightData } = await model.save(tf.io.withSaveHandler(async (model) => model));
console.log(`${weightData.byteLength} bytes of weights`);

function tensors(begin, end) {
  const pixels = Float32Array.from(inputs.subarray(begin * 784, end * 784), (byte) => byte / 255);
  const x = tf.tensor4d(pixels, [end - begin, 28, 28, 1]);
  return [x, tf.tensor1d(labels.subarray(begin, end), 'float32')];
}

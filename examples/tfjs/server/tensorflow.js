/** A server that retrains while it answers: POST /examples to learn, POST /questions to be told. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as tf from '@tensorflow/tfjs';
import { readings } from '../data.js';

const { rows, faults } = readings();
const { mean, variance } = tf.moments(tf.tensor2d(rows), 0);
const [serving, learning] = [createModel(), createModel()];
let newest = 0;
let training = Promise.resolve();
await train();

const server = createServer(async (request, response) => {
  const given = await json(request);
  let answer = {};
  if (request.url === '/examples') {
    rows.push(...given.rows);
    faults.push(...given.faults);
    await train();
  } else {
    const output = tf.tidy(() => serving.predict(normalize(tf.tensor2d(given.rows))));
    answer = [...(await output.data())];
    output.dispose();
  }
  response.end(JSON.stringify(answer));
});
server.listen(Number(process.env.PORT ?? 0), () => console.log(server.address().port));

async function train() {
  const number = ++newest;
  // A model trains once at a time; of several that wait only the newest trains.
  learning.stopTraining = true;
  await training;
  if (number !== newest) return;
  training = learn();
  await training;
  if (number === newest) serving.setWeights(learning.getWeights());
}

async function learn() {
  const [x, y] = tf.tidy(() => [normalize(tf.tensor2d(rows)), tf.tensor1d(faults)]);
  await learning.fit(x, y, { batchSize: 64, epochs: 20, yieldEvery: 5 });
  tf.dispose([x, y]);
}

function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [10] }));
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'binaryCrossentropy' });
  return model;
}

function normalize(x) {
  return x.sub(mean).div(variance.sqrt());
}

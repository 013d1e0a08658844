/** A server that retrains while it answers: POST /examples to learn, POST /questions to be told. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as tf from '@tensorflow/tfjs';
import { readings } from '../data.js';

const { rows, faults } = readings();
let serving = await train();

const server = createServer(async (request, response) => {
  const given = await json(request);
  let answer = {};
  if (request.url === '/examples') {
    rows.push(...given.rows);
    faults.push(...given.faults);
    const old = serving;
    serving = await train();
    tf.dispose([old.model, old.mean, old.deviation]);
  } else {
    const output = tf.tidy(() => predict(serving, tf.tensor2d(given.rows)));
    answer = [...(await output.data())];
    output.dispose();
  }
  response.end(JSON.stringify(answer));
});
server.listen(Number(process.env.PORT ?? 0), () => console.log(server.address().port));

async function train() {
  const { x, mean, deviation } = tf.tidy(() => {
    const raw = tf.tensor2d(rows);
    const { mean, variance } = tf.moments(raw, 0);
    const deviation = variance.sqrt();
    return { x: raw.sub(mean).div(deviation), mean, deviation };
  });
  const y = tf.tensor2d(faults.map((fault) => [fault]));
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [10] }));
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'binaryCrossentropy' });
  await model.fit(x, y, {
    batchSize: 64,
    epochs: 20,
    yieldEvery: 5,
    callbacks: { onYield: async () => {} },
  });
  tf.dispose([x, y]);
  return { model, mean, deviation };
}

function predict({ model, mean, deviation }, x) {
  return model.predict(x.sub(mean).div(deviation));
}

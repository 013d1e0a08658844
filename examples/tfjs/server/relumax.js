/** A server that retrains while it answers: POST /examples to learn, POST /questions to be told. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Dataset, Network } from 'relumax';
import { readings } from '../data.js';

const { rows, faults } = readings();
let dataset = Dataset.from({ inputs: rows, targets: faults });
const options = {
  layers: [10, 16, 1],
  output: /** @type {const} */ ('sigmoid'),
  normalize: dataset,
};
const [serving, learning] = await Promise.all([Network.create(options), Network.create(options)]);
await train();

const server = createServer(async (request, response) => {
  const given = /** @type {any} */ (await json(request));
  let answer = {};
  if (request.url === '/examples') {
    dataset = dataset.with(given.rows, given.faults);
    await train();
  } else {
    answer = [...(await serving.predict(given.rows))];
  }
  response.end(JSON.stringify(answer));
});
server.listen(Number(process.env.PORT ?? 0), () =>
  console.log(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);

async function train() {
  const { aborted } = await learning.fit(dataset, {
    batchSize: 64,
    epochs: 20,
    optimizer: 'adam',
    learningRate: 0.003,
    replace: true,
  });
  if (!aborted) await serving.setParameters(await learning.parameters());
}

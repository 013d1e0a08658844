/** Which digit is it? */
import { loadDigits, Network } from 'relumax';

const digits = (await loadDigits()).subset(Uint32Array.from({ length: 2000 }, (_, i) => i));
const { train, test } = digits.split({ test: 0.2 });

const network = await Network.create({
  input: [28, 28, 1],
  layers: [{ conv: 8, kernel: 5 }, { maxPool: 2 }, { conv: 16, kernel: 5 }, { maxPool: 2 }, 10],
});
await network.fit(train, {
  batchSize: 32,
  epochs: 3,
  optimizer: 'adam',
  validation: test,
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(`epoch ${epoch}: ${loss}, ${validation?.accuracy}`),
});

const { accuracy, confusion } = await network.evaluate(test);
console.log(`accuracy ${accuracy}`);
console.log(confusion.join('\n'));
const file = await network.save();
console.log(`a file of ${file.length} bytes`);

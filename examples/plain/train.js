/**
 * Equations 1 to 10 of docs/math.md in plain JavaScript, written to be read. A number at the end of a
 * line is that of its equation. A network of 784 inputs, 10 hidden units and 10 classes learns the bundled
 * digits in batches of 64. relumax gives it the digits and the initial parameters, and nothing else.
 */
import { loadDigits, Network } from 'relumax';

const { train, test } = (await loadDigits()).split({ test: 0.2, seed: 1 });
const layers = (await Network.create({ layers: [784, 10, 10], seed: 1 })).parameters();
const [W1, W2] = layers.map(({ weights }) => tenRows(weights));
const [b1, b2] = layers.map(({ biases }) => Float64Array.from(biases));

for (let epoch = 1; epoch <= 5; epoch++) {
  let [loss, correct] = [0, 0];
  for (let first = 0; first < train.length; first += 64) {
    const m = Math.min(64, train.length - first);
    const [dW1, db1, dW2, db2] = [W1.map(zeros), zeros(b1), W2.map(zeros), zeros(b2)];
    for (let i = first; i < first + m; i++) {
      const y = train.labels[i];
      const { A0, Z1, A1, A2 } = forward(pixels(train, i));
      loss -= Math.log(A2[y]) / train.length; // 5
      correct += Number(classOf(A2) === y);
      const dZ2 = A2.map((a, j) => a - Number(j === y)); // 6
      for (const [j, d] of dZ2.entries()) add(dW2[j], d / m, A1); // 7
      add(db2, 1 / m, dZ2); // 8
      const dA1 = zeros(A1); // 9: first (W²)ᵀ dZ², by the rows of W² ...
      for (const [j, d] of dZ2.entries()) add(dA1, d, W2[j]);
      const dZ1 = dA1.map((d, k) => (Z1[k] > 0 ? d : 0)); // ... then the factor [Z¹ > 0]
      for (const [j, d] of dZ1.entries()) add(dW1[j], d / m, A0); // 7
      add(db1, 1 / m, dZ1); // 8
    }
    for (const [j, row] of W1.entries()) add(row, -0.1, dW1[j]); // 10, with α = 0.1
    for (const [j, row] of W2.entries()) add(row, -0.1, dW2[j]);
    add(b1, -0.1, db1);
    add(b2, -0.1, db2);
  }
  console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, accuracy ${correct / train.length}`);
}
const correct = test.labels.filter((y, i) => classOf(forward(pixels(test, i)).A2) === y).length;
console.log(`on digits that it has not seen: accuracy ${correct / test.length}`);

/** One example through both layers. */
function forward(x) {
  const A0 = new Float64Array(x).map((byte) => byte / 255); // 1
  const Z1 = b1.map((b, j) => dot(W1[j], A0) + b); // 2
  const A1 = Z1.map((z) => Math.max(z, 0)); // 3
  const Z2 = b2.map((b, j) => dot(W2[j], A1) + b); // 2
  const powers = Z2.map((z) => Math.exp(z - Math.max(...Z2))); // 4, and nothing overflows
  const sum = powers.reduce((total, power) => total + power);
  return { A0, Z1, A1, A2: powers.map((power) => power / sum) };
}

function dot(u, v) {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k] * v[k];
  return sum;
}

/** u := u + factor · v */
function add(u, factor, v) {
  for (let k = 0; k < u.length; k++) u[k] += factor * v[k];
}

function zeros({ length }) {
  return new Float64Array(length);
}

function classOf(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}

function pixels({ inputs }, i) {
  return inputs.subarray(i * 784, (i + 1) * 784);
}

/** W as an array of its rows. */
function tenRows(numbers) {
  const n = numbers.length / 10;
  return Array.from({ length: 10 }, (_, j) => Float64Array.from(numbers.slice(j * n, (j + 1) * n)));
}

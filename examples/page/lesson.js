/**
 * What each of these pages does: trains on the bundled digits, tries 2,000 others, and shows what
 * came of it. To `await` what is not a promise gives the value itself, so it is the same with and
 * without a worker.
 */
export async function lesson({ loadDigits, Network }) {
  const output = document.querySelector('output');
  try {
    const began = performance.now();
    const [digits, network] = await Promise.all([
      loadDigits(),
      Network.create({ layers: [784, 10, 10], seed: 1 }),
    ]);
    const { train, test } = digits.split({ test: 0.2, seed: 1 });
    await network.fit(train, { epochs: 20, batchSize: 64, learningRate: 0.1, seed: 1 });
    const { accuracy } = await network.evaluate(test);
    const milliseconds = performance.now() - began;
    const hash = await hashOf(await network.parameters());
    const percent = (100 * accuracy).toFixed(1);
    output.textContent = `${percent} % read correctly, after ${milliseconds.toFixed(0)} ms`;
    Object.assign(output.dataset, { accuracy, milliseconds, hash });
  } catch (error) {
    output.textContent = output.dataset.error = String(error);
  }
}

/** SHA-256 of all weights and biases: one number that tells whether two runs were the same. */
async function hashOf(parameters) {
  const arrays = parameters.flatMap(({ weights, biases }) => [weights, biases]);
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(arrays).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

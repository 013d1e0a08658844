import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadData } from '../../../src/cli/commands/data.ts';
import { readSource } from '../../../src/cli/files/formats.ts';
import { PUBLIC_DATA, type PublicData } from '../../../src/cli/files/public-data.ts';
import { loadIdxFolder } from '../../../src/data/idx-folder-node.ts';
import { cifarArchive, namesFile, record } from '../cifar-files.ts';
import { events, outcome, run, start } from '../command.ts';
import { FileServer } from '../file-server.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-data-'));
});
afterEach(() => rm(cwd, { recursive: true }));

describe('what is known of public data', () => {
  const idx = [
    ...['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
    ...['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'],
  ];

  it.each(Object.entries<PublicData>(PUBLIC_DATA))('of %s', (name, data) => {
    const { files, mirrors, classNames } = data;
    const isCifar = name === 'cifar-10';
    expect(files.map(({ name }) => name)).toEqual(isCifar ? ['cifar-10-binary.tar.gz'] : idx);
    for (const { bytes, sha256 } of files) {
      expect(bytes).toBeGreaterThan(4000);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    // CIFAR-10 has the one of its authors.
    expect(mirrors.length).toBeGreaterThan(isCifar ? 0 : 1);
    for (const mirror of mirrors) expect(mirror).toMatch(/^https:\/\/.*\/$/);
    if (classNames) expect(new Set(classNames).size).toBe(10);
  });

  const folder = process.env.RELUMAX_MNIST;
  if (folder === undefined) {
    console.warn(
      'NOT RUN: the published hashes of MNIST against its files, for the environment variable ' +
        'RELUMAX_MNIST names no folder with them.',
    );
  }
  it.skipIf(folder === undefined)(
    'of MNIST: the files in RELUMAX_MNIST that are as published',
    async () => {
      const published = [];
      for (const { name, bytes, sha256 } of PUBLIC_DATA.mnist.files) {
        const content = await readFile(join(folder!, name)).catch(() => undefined);
        if (content?.length !== bytes) continue;
        published.push(name);
        expect([name, createHash('sha256').update(content).digest('hex')]).toEqual([name, sha256]);
      }
      console.log(`as published in RELUMAX_MNIST: ${published.join(', ') || 'none'}`);
    },
  );
});

/** Three images to learn from and three to judge by, as a dataset that could be downloaded. */
async function tiny(): Promise<{ server: FileServer; data: PublicData }> {
  const images = gzipSync(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8, 9));
  const labels = gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0));
  const contents = [images, labels, images, labels];
  const files = PUBLIC_DATA.mnist.files.map(({ name }, i) => ({
    name,
    bytes: contents[i]!.length,
    sha256: createHash('sha256').update(contents[i]!).digest('hex'),
  }));
  const server = await FileServer.start(
    Object.fromEntries(files.map(({ name }, i) => [name, contents[i]!])),
  );
  const mirrors = [server.url];
  return { server, data: { title: '', source: '', files, mirrors, classNames: ['a', 'b'] } };
}

it('puts files and class names into a folder that can be trained on', async () => {
  const { server, data } = await tiny();
  const to = join(cwd, 'new/folder');
  await downloadData('tiny', data, { to });
  await downloadData('tiny', { ...data, mirrors: ['http://127.0.0.1:1/'] }, { to });
  expect(server.ranges).toHaveLength(4);
  const { train, test } = await loadIdxFolder(to);
  expect(train).toMatchObject({ length: 3, classNames: ['a', 'b'] });
  expect(test.length).toBe(3);
  await server[Symbol.asyncDispose]();
});

it('puts CIFAR-10 into a folder that can be trained on', async () => {
  const [{ name }] = PUBLIC_DATA['cifar-10'].files;
  const batch = Buffer.concat([0, 1, 1].map((label) => record(label, () => [label, 2, 3])));
  const content = cifarArchive({
    ...{ 'batches.meta.txt': namesFile('a', 'b'), 'data_batch_1.bin': batch },
    'test_batch.bin': batch,
  });
  const sha256 = createHash('sha256').update(content).digest('hex');
  await using server = await FileServer.start({ [name]: content });
  const data = { ...PUBLIC_DATA['cifar-10'], mirrors: [server.url] };
  const files = [{ name, bytes: content.length, sha256 }];
  await downloadData('cifar-10', { ...data, files }, { to: cwd });
  const { train, test } = await readSource(cwd, { channels: 3 });
  expect(train).toMatchObject({ length: 3, features: 3072, classNames: ['a', 'b'] });
  expect(test!.length).toBe(3);
});

it('replaces no class names that somebody has changed, and downloads nothing then', async () => {
  const { server, data } = await tiny();
  const file = join(cwd, 'classes.txt');
  await writeFile(file, 'mine\nb\n');
  await expect(downloadData('tiny', data, { to: cwd })).rejects.toThrow(
    `${file}: found other class names, expected the dataset's or no file: move it away`,
  );
  expect(await readFile(file, 'utf8')).toBe('mine\nb\n');
  expect(server.ranges).toEqual([]);
  await server[Symbol.asyncDispose]();
});

describe('relumax data download', () => {
  it('takes nothing whose hash is not right, and says so in one line', async () => {
    const [file] = PUBLIC_DATA['fashion-mnist'].files.slice(1);
    await using server = await FileServer.start({
      [PUBLIC_DATA.mnist.files[0].name]: Buffer.alloc(PUBLIC_DATA.mnist.files[0].bytes),
      [file!.name]: Buffer.alloc(10),
    });
    const args = ['data', 'download', 'mnist', '--mirror', server.url.slice(0, -1)];
    const { code, stdout, stderr } = await run(args, { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^relumax: train-images-idx3-ubyte\.gz: 127\.0\.0\.1:\d+: found the SHA-256 [0-9a-f]{64}, expected 440fcabf.*\n$/,
    );
    expect(await readdir(join(cwd, 'mnist'))).toEqual([]);
  });

  it('says what it misses', async () => {
    await using server = await FileServer.start({});
    const args = ['data', 'download', 'fashion-mnist', '--to', 'there', '--mirror', server.url];
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^relumax: train-images.*: responds with status 404\n$/);
    expect(await readdir(cwd)).toEqual(['there']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('stops at %s, and keeps what came', async (signal, exitCode) => {
    const { name, bytes } = PUBLIC_DATA.mnist.files[0];
    await using server = await FileServer.start({ [name]: Buffer.alloc(bytes) });
    server.behaviour = (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1_000_000));
    };
    const child = start(['data', 'download', 'mnist', '--mirror', server.url], { cwd });
    const part = join(cwd, 'mnist', `${name}.part`);
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if ((await readFile(part).catch(() => Buffer.of())).length === 1_000_000) break;
    }
    child.kill(signal);
    const { code, stdout, stderr } = await outcome(child);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toBe(`relumax: interrupted by ${signal}; the same command resumes it\n`);
    expect((await readFile(part)).length).toBe(1_000_000);
  });

  it.each([
    [['data', 'download', 'imagenet'], 'Allowed choices are mnist, fashion-mnist, cifar-10.'],
    [['data', 'download'], "missing required argument 'name'"],
    [['data', 'download', 'mnist', '--mirror', 'ftp://x/'], 'Expected an address such as https'],
  ])('turns down %j', async (args, message) => {
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: relumax data download [options] <name>');
  });

  it('lists what there is', async () => {
    const { code, stdout } = await run(['data', 'download', '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/fashion-mnist +Fashion-MNIST, articles of clothing, 30\.9 MB/);
    expect(stdout).toMatch(/cifar-10 +CIFAR-10, colour images of animals and vehicles, 170\.1 MB/);
  });

  it('prints objects with --json', async () => {
    const { server, data } = await tiny();
    const lines: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = ((text: string) => lines.push(text) > 0) as never;
    try {
      await downloadData('tiny', data, { to: join(cwd, 'a'), json: true });
    } finally {
      process.stdout.write = write;
      await server[Symbol.asyncDispose]();
    }
    const [first, , , , last] = events(lines.join(''));
    expect(first).toMatchObject({
      event: 'file',
      status: 'downloaded',
      bytes: data.files[0]!.bytes,
    });
    expect(last).toEqual({ event: 'result', folder: join(cwd, 'a') });
  });
});

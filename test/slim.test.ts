/** The library without the core inside, as it is built and shipped. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as whole from 'relumax';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { text } from '#core';
import { parametersHash } from '../src/cli/training/parameters-hash.ts';
import { randomBytes, randomLabels } from './examples.ts';

const file = new URL('../dist/core.wasm', import.meta.url);
const bytes = new Uint8Array(await readFile(file));

/** Each time as if it had not been loaded before. */
async function slim(): Promise<typeof import('relumax/slim')> {
  vi.resetModules();
  return await import('relumax/slim');
}

const LAYERS = [4, 3, 2];
const examples = {
  inputs: new Uint8Array(40),
  labels: new Uint8Array(10),
  classes: 2,
};

type Library = Pick<typeof import('relumax'), 'Network' | 'Dataset'>;

async function train(library: Library) {
  const network = await library.Network.create({ layers: LAYERS, seed: 1 });
  await network.fit(library.Dataset.from(examples), { epochs: 2 });
  return parametersHash(network.parameters());
}

let origin = '';
const server = createServer((request, response) => {
  if (request.url === '/missing') response.writeHead(404).end();
  else {
    const type = request.url === '/core.wasm' ? 'application/wasm' : 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(bytes);
  }
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

let relumax: Awaited<ReturnType<typeof slim>>;
beforeEach(async () => {
  relumax = await slim();
});

describe('takes the core from', () => {
  test.each<[string, () => Parameters<typeof relumax.loadCore>[0]]>([
    ['bytes', () => bytes],
    ['a view of part of a buffer', () => new Uint8Array([0, ...bytes, 0]).subarray(1, -1)],
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a compiled module', () => new WebAssembly.Module(bytes)],
    ['a promise of one', () => WebAssembly.compile(bytes)],
    ['a file: URL', () => file],
    ['an http: URL', () => new URL('/core.wasm', origin)],
    ['a response', () => fetch(`${origin}/core.wasm`)],
    ['a response of another type', () => fetch(`${origin}/core`)],
  ])('%s', async (_, source) => {
    await relumax.loadCore(source());
    expect(await train(relumax)).toBe(await train(whole));
  });
});

test('a network waits for a core that is still loading', async () => {
  void relumax.loadCore(new URL('/core.wasm', origin));
  expect(await train(relumax)).toBe(await train(whole));
});

test('without a core, says what to do', async () => {
  await expect(relumax.Network.create({ layers: LAYERS })).rejects.toThrow('call loadCore');
});

describe('with threads', () => {
  const threaded = new URL('../dist/core-threads.wasm', import.meta.url);
  const large = {
    inputs: randomBytes(500 * 100, 1, 0.3),
    labels: randomLabels(500, 10, 2),
    classes: 10,
  };
  async function trainLarge({ Network, Dataset }: Library, threads: number) {
    using network = await Network.create({ layers: [100, 64, 10], seed: 1, threads });
    await network.fit(Dataset.from(large), { epochs: 2, seed: 1 });
    expect(network).toMatchObject({ threads, threadsReason: undefined });
    return parametersHash(network.parameters());
  }

  test('trains on the core for them, to the same bits', async () => {
    // One thread needs the other core.
    await relumax.loadThreadedCore(threaded);
    await expect(relumax.Network.create({ layers: LAYERS })).rejects.toThrow('call loadCore');
    const expected = await trainLarge(whole, 1);
    expect(await trainLarge(relumax, 2)).toBe(expected);
    await relumax.loadCore(file);
    expect(await trainLarge(relumax, 1)).toBe(expected);
  });

  test('without a core for them, says what to do', async () => {
    await relumax.loadCore(file);
    await expect(relumax.Network.create({ layers: LAYERS, threads: 2 })).rejects.toThrow(
      'call loadThreadedCore, with relumax/core-threads.wasm, before',
    );
  });

  test('refuses the one of the other kind', async () => {
    await expect(relumax.loadThreadedCore(file)).rejects.toThrow(
      /expected core-threads.wasm of this release/,
    );
    await expect(relumax.loadCore(threaded)).rejects.toThrow(/expected core.wasm of this release/);
  });
});

describe('refuses', () => {
  test.each<[string, () => unknown, new (...a: never[]) => Error, RegExp]>([
    ['text', () => 'core.wasm', TypeError, /^core: found "core.wasm", expected bytes, a Response/],
    ['nothing', () => undefined, TypeError, /^core: found undefined/],
    ['what is not there', () => new URL('/missing', origin), Error, /missing has status 404/],
    ['what is no module', () => bytes.subarray(1), Error, /needs WebAssembly with SIMD/],
    ['another module', () => bytes.slice(0, 8), Error, /^core: found another module, expected/],
    [
      'the core of another release',
      () => bytes.with(-1, bytes.at(-1)! ^ 1),
      Error,
      /^core: found the core "[0-9a-f]{15}.", expected core.wasm of this release, "[0-9a-f]{16}"/,
    ],
    [
      'a module with a large section of that name',
      () => {
        // 2 MB in LEB128, and the name's length before the name.
        const section = new Uint8Array(5 + 2 ** 21).fill(120);
        section.set([0, 0x80, 0x80, 0x80, 0x01, 7, ...new TextEncoder().encode('relumax')]);
        return Buffer.concat([bytes.subarray(0, 8), section]);
      },
      Error,
      /^core: found the core "x{40}…", expected core.wasm of this release/,
    ],
  ])('%s', async (_, source, type, message) => {
    const loading = relumax.loadCore(source() as Uint8Array<ArrayBuffer>);
    await expect(loading).rejects.toThrow(type);
    await expect(loading).rejects.toThrow(message);
    await expect(relumax.Network.create({ layers: LAYERS })).rejects.toThrow('call loadCore');
    await relumax.loadCore(bytes);
    await relumax.Network.create({ layers: LAYERS });
  });
});

test('a dataset is one for both', async () => {
  const [{ Dataset }, { Dataset: ofSlim }] = await Promise.all([
    import('relumax'),
    import('relumax/slim'),
  ]);
  expect(ofSlim).toBe(Dataset);
});

test('standardises, and loads what does so, as the whole library', async () => {
  await relumax.loadCore(bytes);
  const examples = {
    inputs: Float64Array.from({ length: 40 }, (_, i) => 1.7e9 + i),
    labels: new Uint8Array(10),
    classes: 2,
  };
  const files = [relumax, whole].map(async ({ Network, Dataset }) => {
    const normalize = Dataset.from(examples);
    const network = await Network.create({ layers: LAYERS, seed: 1, normalize });
    await network.fit(normalize);
    return (await Network.load(network.save())).save();
  });
  expect(await files[0]).toEqual(await files[1]);
});

test('has no core inside', async () => {
  const holdsCore = async (path: string): Promise<boolean> => {
    const file = await readFile(new URL(`../dist/${path}`, import.meta.url), 'utf8');
    if (file.includes(text.slice(0, 200))) return true;
    const chunks = [...file.matchAll(/from "\.\/(chunk-.*?)"/g)].map(([, chunk]) => chunk!);
    return (await Promise.all(chunks.map(holdsCore))).includes(true);
  };
  expect(await holdsCore('index.js')).toBe(true);
  expect(await holdsCore('slim.js')).toBe(false);
});

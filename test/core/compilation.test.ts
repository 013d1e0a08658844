/** Compiling and instantiating the core, and what is said where an engine refuses it. */
import { execFileSync } from 'node:child_process';
import { createContext, runInContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { instantiateCore } from '../../src/core/checked-exports.ts';
import { compileCore } from '../../src/core/modules/compilation.ts';
import { coreModule } from '../../src/core/modules/embedded.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const { CompileError, validate } = WebAssembly;

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const POLICY =
  "relumax may not compile its WebAssembly: the Content-Security-Policy of the page must have 'wasm-unsafe-eval' in script-src";

/** A WebAssembly that V8 refuses to compile, as in Cloudflare Workers and Vercel's edge runtime. */
function refusing(): typeof WebAssembly {
  const context = createContext({}, { codeGeneration: { strings: true, wasm: false } });
  return runInContext('WebAssembly', context);
}

describe('a server that takes WebAssembly as modules alone', () => {
  test('gets the remedy that it has, and not that of a page', async () => {
    vi.stubGlobal('WebAssembly', refusing());
    const compiled = compileCore(EMPTY);
    await expect(compiled).rejects.toThrow(
      'relumax may not compile its WebAssembly: ' +
        'import relumax/core.wasm, and give it to loadCore of relumax/slim',
    );
    await expect(compiled).rejects.toHaveProperty('cause.name', 'CompileError');
  });

  test('but a page whose engine says the same gets that of pages', async () => {
    vi.stubGlobal('WebAssembly', refusing());
    vi.stubGlobal('document', {});
    await expect(compileCore(EMPTY)).rejects.toThrow(POLICY);
  });
});

describe('a page’s policy', () => {
  // What the engines say: Chromium 156, Firefox 153 and WebKitGTK 2.50.
  test.each([
    [
      'Chromium',
      'WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because ',
    ],
    ['Firefox', 'call to WebAssembly.compile() blocked by CSP'],
  ])('as %s refuses to compile', async (_, message) => {
    const compile = () => Promise.reject(new CompileError(message));
    vi.stubGlobal('WebAssembly', { compile, validate });
    await expect(compileCore(EMPTY)).rejects.toThrow(POLICY);
  });

  test('as WebKit refuses to instantiate what it has compiled', async () => {
    const module = await coreModule();
    const message =
      "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script";
    const instantiate = () => Promise.reject(new CompileError(message));
    vi.stubGlobal('WebAssembly', { instantiate });
    const made = instantiateCore(module);
    await expect(made).rejects.toThrow(POLICY);
    await expect(made).rejects.toHaveProperty('cause.message', message);
  });

  test('is not blamed where there is no memory', async () => {
    const module = await coreModule();
    const error = new RangeError('WebAssembly.Instance(): Out of memory');
    vi.stubGlobal('WebAssembly', { instantiate: () => Promise.reject(error) });
    await expect(instantiateCore(module)).rejects.toBe(error);
  });
});

describe('an instance', () => {
  test('is made at once', async () => {
    const module = await coreModule();
    const { Instance } = WebAssembly;
    vi.stubGlobal('WebAssembly', { Instance });
    expect(await instantiateCore(module)).toHaveProperty('memory');
  });

  // Many such programs hung in Node 20, where nothing else was on the event loop.
  test('so that 10,000 networks in a row come to an end', () => {
    const index = new URL('../../dist/index.js', import.meta.url);
    const program = `
      import { Network } from ${JSON.stringify(index)};
      for (let i = 0; i < 10_000; i++) await Network.create({ layers: [2, 2] });
      console.log('all made');`;
    const args = ['--input-type=module', '--eval', program];
    // Some 800 ms.
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
    expect(output).toBe('all made\n');
  });

  test('comes from `instantiate` where it may not be made at once, as in a page of Chrome 91', async () => {
    const module = await coreModule();
    const { instantiate } = WebAssembly;
    class Instance {
      constructor() {
        throw new RangeError(
          'WebAssembly.Instance is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.instantiate.',
        );
      }
    }
    vi.stubGlobal('WebAssembly', { instantiate, Instance });
    expect(await instantiateCore(module)).toHaveProperty('memory');
  });
});

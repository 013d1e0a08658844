/** What is said where an engine has WebAssembly, and yet refuses the core. */
import { createContext, runInContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compileCore } from '../src/compilation.ts';
import { instantiateCore } from '../src/core.ts';
import { coreModule } from '../src/core-embedded.ts';

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

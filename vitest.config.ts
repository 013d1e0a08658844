import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Tests that run the core: on the release build, and again on the debug build with its asserts. */
const CORE_TESTS = [
  'test/assembly/**/*.test.ts',
  'test/network.test.ts',
  'test/training.test.ts',
  'test/evaluation.test.ts',
  'test/wasm.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'release',
          env: { CORE_BUILD: 'release' },
          include: ['test/**/*.test.{ts,js}'],
        },
      },
      {
        extends: true,
        ssr: { resolve: { conditions: ['debug', ...defaultServerConditions] } },
        test: { name: 'debug', env: { CORE_BUILD: 'debug' }, include: CORE_TESTS },
      },
    ],
  },
});

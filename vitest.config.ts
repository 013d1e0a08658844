import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that run the core: on the release build, and again on the debug build with its asserts. */
const CORE_TESTS = ['test/{assembly,core,network}/**/*.test.ts'];

/** Tests of pages: a browser and bundlers by themselves, after all others, so that times mean something. */
const PAGE_TESTS = [
  'test/browser/**/*.test.ts',
  'test/package/**/*.test.ts',
  'test/playground/page/*.test.ts',
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
          exclude: [...configDefaults.exclude, ...PAGE_TESTS, 'test/consumers/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: PAGE_TESTS,
          maxWorkers: 1,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
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

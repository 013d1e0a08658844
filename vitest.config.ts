import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that run the core: on the release build, and again on the debug build with its asserts. */
const CORE_TESTS = ['test/{assembly,core,network,threads}/**/*.test.ts'];

/** Tests of pages: a browser and bundlers by themselves, after all others, so that times mean something. */
const PAGE_TESTS = [
  'test/browser/**/*.test.ts',
  'test/package/**/*.test.ts',
  'test/playground/page/*.test.ts',
];

/** What takes longest, left to `npm test` by `npm run test:fast`: fuzzing, budgets, many runs of the command. */
const LONG_TESTS = [
  'test/fuzz/**',
  'test/cli/**/{checkpoint,contradictions,damaged-images,data-budget,failed-writes}.test.ts',
  'test/cli/**/{find-lr,hostile-names,image-file,long-trainings,resumed-data,shell}.test.ts',
  'test/cli/**/{signals,tables,terminal,train}.test.ts',
  'test/{data/linear-time,model/model-budget,jsdom}.test.ts',
];

/** What tests are told in a mode; cmd.exe knows no `NAME=value command`. */
const ENVIRONMENTS: Record<string, Record<string, string>> = {
  docs: { RELUMAX_WRITE_DOCS: '1' },
  long: { RELUMAX_MINUTES: '10' },
  times: { RELUMAX_TIMES: '1' },
};

export default defineConfig(({ mode }) => ({
  test: {
    testTimeout: 60_000,
    // Vitest leaves one processor alone otherwise, which tests that measure time are glad of.
    ...(mode === 'fast' && { maxWorkers: '100%', isolate: false }),
    projects: [
      {
        extends: true,
        test: {
          name: 'release',
          env: { CORE_BUILD: 'release' },
          include: ['test/**/*.test.{ts,js}'],
          exclude: [
            ...configDefaults.exclude,
            ...PAGE_TESTS,
            'test/consumers/**',
            ...(mode === 'fast' ? LONG_TESTS : []),
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          env: ENVIRONMENTS[mode] ?? {},
          include: PAGE_TESTS,
          maxWorkers: 1,
          hookTimeout: 60_000,
          // What a page shows may take its time where others have the machine.
          expect: { poll: { timeout: 20_000 } },
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
}));

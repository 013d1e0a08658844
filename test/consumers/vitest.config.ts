import { defineConfig } from 'vitest/config';

/** `npm run test:consumers`: by hand, for it installs half a gigabyte and takes minutes. */
export default defineConfig({
  test: {
    include: ['test/consumers/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});

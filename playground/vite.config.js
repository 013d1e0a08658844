import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The playground as static files that work from any path of any host. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    outDir: fileURLToPath(new URL('../build/playground', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The digits are one large text, whatever the bundler does.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: 'es' },
});

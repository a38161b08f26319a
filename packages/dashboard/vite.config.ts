// Builds the page into dist/web: files named by their content, no script or style inside the page.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Vite reads the configuration from the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  root: at('src/web'),
  base: '/',
  publicDir: at('src/web/public'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});

/**
 * Tests import `src` and `sandbox` as they are written, and get what the compiler made of them, loaded by Node itself: transforming every module
 * again for each project cost a fifth of the processor time of a whole run, and what people run is the compiled tree.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['src', 'sandbox'];

/** What is loaded by Node without a look at it. */
export const EXTERNAL = new RegExp(`${sep}build${sep}(?:${FOLDERS.join('|')})${sep}`.replaceAll('\\', '\\\\'));

export function compiled(): Plugin {
  return {
    name: 'compiled',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.startsWith('.') || !importer || !isTest(importer)) return null;
      const path = relative(ROOT, resolve(dirname(importer), source));
      return FOLDERS.includes(path.split(sep)[0] ?? '') ? { id: resolve(ROOT, 'build', path), external: true } : null;
    },
  };
}

/** What is set up before the tests is loaded before the build is there, so it gets the sources themselves, and so does what those import. */
function isTest(importer: string): boolean {
  const path = relative(ROOT, importer);
  return path.startsWith(`test${sep}`) && !path.endsWith('-setup.ts');
}

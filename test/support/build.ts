/** The compiled tree that tests start processes from. It is made once per run, before the first test. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles everything into build/; answers '' or what the compiler said. */
export function buildAll(): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['scripts/build.mjs', '--all'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', failed);
    child.on('close', (code) => done(code === 0 ? '' : output.trim() || `the build ended with code ${code}`));
  });
}

/**
 * Absolute path of a compiled file, e.g. `built('src/main.js')`. Throws what the compiler said when the build of this run
 * failed: an old build must not be tested in its place.
 */
export function built(path: string): string {
  const failure = inject('buildFailure');
  if (failure) throw new Error(`The build failed, so there is nothing to start:\n${failure}`);
  return fileURLToPath(new URL(path, new URL('../../build/', import.meta.url)));
}

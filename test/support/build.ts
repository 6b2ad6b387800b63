/** The compiled tree that tests load and start processes from. It is made before the first test. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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

/** Absolute path of a compiled file, e.g. `built('src/main.js')`. */
export function built(path: string): string {
  return fileURLToPath(new URL(path, new URL('../../build/', import.meta.url)));
}

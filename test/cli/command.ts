/** The command line as it is installed: a process of its own, in an empty folder, with nothing but the environment given here. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { built } from '../support/build.js';

export interface Ended {
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
  readonly lines: readonly string[];
}

/** A folder that goes with the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollout-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `rollout …`; `input` is everything that is typed, and then the end. */
export function runCli(
  words: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string; input?: string } = {},
): Promise<Ended> {
  const cwd = options.cwd ?? emptyFolder();
  return new Promise((done, failed) => {
    const env = { PATH: process.env.PATH ?? '', ...options.env };
    const child = spawn(process.execPath, [built('src/cli.js'), ...words], { cwd, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', failed);
    child.on('close', (code) => {
      const lines = output.split('\n').filter((line) => line !== '');
      done({ code, output, lines });
    });
    child.stdin.end(options.input ?? '');
  });
}

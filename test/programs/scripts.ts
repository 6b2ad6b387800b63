import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of small programs that tests write. */
export interface Scripts {
  readonly dir: string;
  /** Writes a shell script that can be run; tells its path. */
  script(name: string, body: string): string;
  write(name: string, text: string): void;
  remove(name: string): void;
  /** Whether a file is there. */
  has(name: string): boolean;
  /** From now on the system refuses to run it. */
  forbid(name: string): void;
  close(): void;
}

export function createScripts(): Scripts {
  const dir = mkdtempSync(join(tmpdir(), 'rollout-scripts-'));
  const write = (name: string, text: string, mode = 0o644) => {
    // Written beside and moved over: a script that is running keeps its own text.
    writeFileSync(join(dir, `${name}.new`), text);
    chmodSync(join(dir, `${name}.new`), mode);
    renameSync(join(dir, `${name}.new`), join(dir, name));
  };
  return {
    dir,
    write: (name, text) => write(name, text),
    script(name, body) {
      write(name, `#!/bin/sh\n${body}\n`, 0o755);
      return join(dir, name);
    },
    remove: (name) => rmSync(join(dir, name), { force: true }),
    has: (name) => existsSync(join(dir, name)),
    forbid: (name) => chmodSync(join(dir, name), 0o644),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

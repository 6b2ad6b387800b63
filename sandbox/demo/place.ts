/** A place of its own for each demo: nothing is kept, and several may run at once. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxDataDir } from '../data-dir.js';
import { projectRoot } from '../place.js';
import { isReachable, isRoot } from '../unprivileged.js';

export interface DemoPlace {
  readonly dir: string;
  readonly plansDir: string;
  remove(): void;
}

export function demoPlace(): DemoPlace {
  // Where Postgres, which refuses to be root, can follow.
  const parent = isRoot() && !isReachable(tmpdir()) ? sandboxDataDir(projectRoot()) : tmpdir();
  const dir = mkdtempSync(join(parent, `rollout-demo-${process.pid}-`));
  chmodSync(dir, isRoot() ? 0o711 : 0o700);
  const plansDir = join(dir, 'plans');
  mkdirSync(plansDir);
  return { dir, plansDir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

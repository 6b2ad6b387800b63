import { accessSync, constants, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * The program to start. Where folders are given, one of theirs: a bare name is looked for in them and nowhere else, and a path has to
 * lead into one of them, links followed. Undefined: it is in none. Answers at once, so that a program starts in the turn of the event
 * loop in which it is asked for.
 */
export function allowedProgram(named: string, dirs: readonly string[] | undefined): string | undefined {
  if (dirs === undefined) return named;
  const roots = dirs.flatMap((dir) => realPath(dir) ?? []);
  const candidates = named.includes('/') ? [named] : roots.map((dir) => join(dir, named));
  return candidates
    .flatMap((candidate) => realPath(candidate) ?? [])
    .find((path) => isRunnable(path) && roots.some((root) => path.startsWith(root.endsWith(sep) ? root : root + sep)));
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

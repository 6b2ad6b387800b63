/** Where the sandbox keeps its database and the local Slack's messages. */
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isReachable, isRoot } from './unprivileged.js';

/**
 * `.sandbox/` in the project `root`. Run as root in a place other users cannot pass through, where Postgres (which
 * refuses to be root) could not follow: a folder per project under `elsewhere`, which only root can write. Made on the
 * first call; throws when it belongs to somebody else.
 */
export function sandboxDataDir(root: string, elsewhere = '/var/lib/rollout-sandbox'): string {
  const project = realpathSync(root);
  if (!isRoot()) return ownFolder(join(project, '.sandbox'), 0o700);
  if (isReachable(project)) return ownFolder(join(project, '.sandbox'), 0o711);
  ownFolder(elsewhere, 0o711);
  return ownFolder(join(elsewhere, createHash('sha256').update(project).digest('hex').slice(0, 16)), 0o711);
}

function ownFolder(path: string, mode: number): string {
  mkdirSync(path, { recursive: true, mode });
  try {
    accessSync(path, constants.W_OK);
    chmodSync(path, mode); // The umask, or an earlier run as another user, may have closed it.
  } catch (cause) {
    throw new Error(`${path} belongs to somebody else (was the sandbox run as root before?); remove it.`, { cause });
  }
  return path;
}

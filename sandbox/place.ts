/** Where the project is, seen from its sources and from the compiled tree alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json above this file. */
export function projectRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('The sandbox is not inside its project: there is no package.json.');
  }
}

/** The bot's compiled entry, the one that also runs in production. */
export function botEntry(): string {
  return join(projectRoot(), 'build', 'src', 'main.js');
}

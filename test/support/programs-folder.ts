/** A folder with a team's own programs. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProgramsFolder {
  readonly path: string;
  /** What a file in it says, without its last line's end; '' when it is not there. */
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Each program by its name, with the line that says what runs it. */
export async function createPrograms(programs: Readonly<Record<string, string>>): Promise<ProgramsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'programs-'));
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(path, name), text);
    await chmod(join(path, name), 0o755);
  }
  return {
    path,
    read: async (file) => (await readFile(join(path, file), 'utf8').catch(() => '')).trimEnd(),
    write: (file, text) => writeFile(join(path, file), text),
    close: () => rm(path, { recursive: true, force: true }),
  };
}

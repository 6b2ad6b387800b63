import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

/** An adapter is a file, or the index of a folder, that exports the factory of its kind. */
function adapters(folder: 'targets' | 'probes'): string[] {
  return readdirSync(new URL(`src/${folder}/`, root), { withFileTypes: true })
    .map((one) => (one.isDirectory() ? `${one.name}/index.ts` : one.name))
    .filter((file) =>
      /export function create\w+(Target|Probe)\(/.test(readFileSync(new URL(`src/${folder}/${file}`, root), 'utf8')),
    )
    .map((file) => file.replace(/(\/index)?\.ts$/, ''));
}

test.each([
  ['targets', 'testTarget', ['exec', 'http', 'memory', 'postgres']],
  ['probes', 'testProbe', ['alert', 'exec', 'http', 'memory', 'prometheus', 'sql']],
] as const)(
  'every adapter in src/%s runs its contract, is built by the index and has a page',
  (folder, contract, known) => {
    const found = adapters(folder);
    expect(found).toEqual(expect.arrayContaining([...known]));
    const index = readFileSync(new URL(`src/adapters/${folder}.ts`, root), 'utf8');
    for (const name of found) {
      const own = readFileSync(new URL(`test/${folder}/${name}.test.ts`, root), 'utf8');
      expect(own, `test/${folder}/${name}.test.ts runs ${contract}`).toMatch(
        new RegExp(`^${contract}\\(\\s*'${name}'`, 'm'),
      );
      expect(index, `src/adapters/${folder}.ts builds ${name}`).toContain(`case '${name}':`);
      const page = readFileSync(new URL(`docs/reference/${folder}/${name}.md`, root), 'utf8');
      expect(page, `docs/reference/${folder}/${name}.md shows the kind`).toContain(`kind: ${name}`);
    }
  },
);

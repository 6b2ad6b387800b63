import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PLANTED } from './planted.js';
import { ROOT, readSource, readSources } from './sources.js';
import { MEANT_LINES, MOST_LINES, tooLong, WALLS } from './walls.js';

const folders = ['src', 'sandbox', 'test', 'bench'].filter((name) => readdirSync(ROOT).includes(name));
const sources = readSources(...folders);

describe('in the project', () => {
  test.each(WALLS)('$rule', ({ breaches }) => {
    expect(breaches(sources)).toEqual([]);
  });

  test(`no file is longer than ${MOST_LINES} lines`, () => {
    const meant = tooLong(sources, MEANT_LINES).map(({ path, lines }) => `${path} (${lines})`);
    if (meant.length > 0) console.info(`Longer than the ${MEANT_LINES} lines we mean to keep: ${meant.join(', ')}`);
    expect(tooLong(sources, MOST_LINES).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  });
});

describe('each wall can fall', () => {
  test('there is a planted breach for every wall', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(WALLS.map(({ rule }) => rule).sort());
  });

  test.each(WALLS)('$rule', ({ rule, breaches }) => {
    const { broken, sound } = PLANTED[rule] ?? { broken: {}, sound: {} };
    for (const [path, text] of Object.entries(broken)) {
      const found = breaches([readSource(path, text)]);
      expect(found, `${path}: ${text}`).not.toEqual([]);
      expect(found[0]).toMatch(new RegExp(`^${path}: `));
    }
    const fine = Object.entries(sound).map(([path, text]) => readSource(path, text));
    expect(breaches(fine)).toEqual([]);
  });

  test('the door out is found through any number of files', () => {
    const wall = WALLS.find(({ rule }) => rule === 'the door in never leads to the door out');
    const chain = [
      readSource('src/dispatch.ts', "import { a } from './steps.js';"),
      readSource('src/steps.ts', "export { deliver } from './deliver.js';"),
    ];
    expect(wall?.breaches(chain)).toEqual(['src/dispatch.ts: reaches src/deliver']);
  });

  test('a file is measured without its last line break', () => {
    const source = readSource('src/a.ts', 'export const a = 1;\n\nexport const b = 2;\n');
    expect(tooLong([source], 2)).toEqual([source]);
    expect(tooLong([source], 3)).toEqual([]);
  });
});

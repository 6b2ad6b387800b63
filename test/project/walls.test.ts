import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { circles, FLOORS, roomOf, roomsTable, upward } from './house.js';
import { PLANTED } from './planted.js';
import { ROOT, readSource, readSources } from './sources.js';
import { WALLS } from './walls.js';

const folders = ['src', 'sandbox', 'test', 'bench'].filter((name) => readdirSync(ROOT).includes(name));
const sources = readSources(...folders);

describe('in the project', () => {
  test.each(WALLS)('$rule', ({ breaches }) => {
    expect(breaches(sources)).toEqual([]);
  });
});

test('the house is printed', () => {
  console.info(
    `${roomsTable(sources)}\ncircles: ${circles(sources).length}, imports upward: ${upward(sources).length}`,
  );
  expect(FLOORS.flat().filter((room) => !sources.some(({ path }) => roomOf(path) === room))).toEqual([]);
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
      readSource('src/dispatch.ts', "import { a } from './crash-points.js';"),
      readSource('src/crash-points.ts', "export { deliver } from './deliver/index.js';"),
    ];
    expect(wall?.breaches(chain)).toEqual(['src/dispatch.ts: reaches src/deliver/index']);
  });
});

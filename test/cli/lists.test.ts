import { expect, test } from 'vitest';
import { listLines } from '../../src/cli/lists.js';
import { parseChanged } from '../plans/build-plan.js';

function linesOf(changes: Readonly<Record<string, unknown>>): string[] {
  const read = parseChanged(changes);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return listLines(read);
}

test('each list with its title, its groups and whose the items are', () => {
  const flows = {
    group: 'Golden flows <all>',
    by: 'qa',
    items: ['Orders', { test: 'GF-001 Intake', as: 'a clerk' }, { test: 'Search', optional: true }],
  };
  const go = {
    do: 'Go & see',
    by: { any: 2, of: ['qa', 'operators'] },
    needs: ['golden-flows-all'],
    waive: ['qa'],
  };
  const lines = linesOf({
    'people.qa': ['@qa'],
    stages: [
      { stage: 'few', exposure: 10, bake: '1h', exit: ['Support knows', flows, go] },
      { stage: 'all', exposure: 100, bake: '1h', before: ['Load test'], exit: [{ do: 'Look', by: 'operators' }] },
    ],
    after: ['Clean up'],
    after_rollback: [{ test: 'Still fine' }],
  });
  expect(lines).toEqual([
    'To leave 10 %:',
    '  ○ Support knows · anybody with a role',
    '  Golden flows <all>:',
    '    ○ Orders · qa',
    '    ○ GF-001 Intake · qa · test as a clerk',
    '    ○ Search · qa · test · optional',
    '  ○ Go & see · 2 of qa or operators · after Golden flows <all> · may be waived by qa',
    'Before 100 %:',
    '  ○ Load test · anybody with a role',
    'To complete:',
    '  ○ Look · operators',
    'After completion:',
    '  ○ Clean up · anybody with a role',
    'After the rollback:',
    '  ○ Still fine · anybody with a role · test',
  ]);
});

test('what is needed is a group where all that counts of it is, else items', () => {
  const [title, ...lines] = linesOf({
    after: [
      { group: 'A', items: ['x', 'y', { do: 'z', optional: true }] },
      'w',
      { do: 'all', needs: ['a', 'w'], optional: true },
      { do: 'more', needs: ['a', 'z'], optional: true },
      { do: 'some', needs: ['x', 'w'] },
    ],
  });
  expect(title).toBe('After completion:');
  const after = lines.flatMap((line) => / · after (.*)$/.exec(line)?.[1] ?? []);
  expect(after).toEqual(['A, w', 'A, z', 'x, w']);
});

test('two groups behind each other each have their title, and a plan without lists has no line', () => {
  const lines = linesOf({ after: [{ group: 'A', items: ['x'] }, { group: 'B', items: ['y'] }, 'z'] });
  expect(lines.map((line) => line.split(' · ', 1)[0])).toEqual([
    'After completion:',
    '  A:',
    '    ○ x',
    '  B:',
    '    ○ y',
    '  ○ z',
  ]);
  expect(linesOf({})).toEqual([]);
});

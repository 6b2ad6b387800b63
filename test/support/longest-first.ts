import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, most of it waiting: begun last, it would keep the run going alone. */
const LONGEST = [
  'integration/bare/trixie.',
  'kill/matrix.',
  'integration/bare/',
  'integration/messages.',
  'integration/floods.',
  'integration/frozen.',
  'integration/frozen-raise.',
  'integration/clock.',
  'integration/keyboard.',
  'integration/demo.',
  'integration/many.',
  'integration/cli/init.',
  'integration/signals.',
  'test/main.',
  'scenarios/jumping-',
  'scenarios/who-may-what.',
  'targets/postgres-lowering.',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((part) => moduleId.includes(part));
      return at < 0 ? LONGEST.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

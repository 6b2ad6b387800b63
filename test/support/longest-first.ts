import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, most of it waiting: begun last, it would keep the run going alone. */
const LONGEST = [
  'integration/bare/',
  'kill/matrix.',
  'integration/messages.',
  'integration/frozen.',
  'integration/clock.',
  'integration/demo.',
  'test/main.',
  'integration/signals.',
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

import { type Diagnosis, fail, merged, type Topic } from '../diagnosis.js';

/** One thing to look at. It has its own time, so that what hangs does not hide the rest. */
export interface DoctorCheck {
  readonly about: Topic;
  /** Told when all of its neighbours with the same word are done, and those that say the same as one. */
  readonly group?: string;
  look(): Promise<readonly [Diagnosis, ...Diagnosis[]]>;
}

/** How long one look may take. All of them begin at once, so this is also how long all of them take. */
const LOOK_MS = 15_000;

/**
 * Looks at everything side by side and tells each in the order given, as soon as those before it are told; at the end, what was
 * not looked at. Never throws: what fails in itself, or does not end in time, is a diagnosis, too.
 */
export async function examine(
  looks: readonly DoctorCheck[],
  tell: (diagnosis: Diagnosis) => void,
  limitMs: number = LOOK_MS,
): Promise<Diagnosis[]> {
  const begun = looks.map((each) => ({ group: each.group, ends: within(limitMs, each) }));
  const all: Diagnosis[] = [];
  const skipped: Diagnosis[] = [];
  let waiting: Diagnosis[] = [];
  for (const [index, { group, ends }] of begun.entries()) {
    const found = await ends;
    skipped.push(...found.filter(({ state }) => state === 'skip'));
    waiting.push(...found.filter(({ state }) => state !== 'skip'));
    if (group !== undefined && group === begun[index + 1]?.group) continue;
    const told = group === undefined ? waiting : merged(waiting);
    for (const diagnosis of told) tell(diagnosis);
    all.push(...told);
    waiting = [];
  }
  for (const diagnosis of merged(skipped)) tell(diagnosis);
  return [...all, ...skipped];
}

async function within(ms: number, { about, look }: DoctorCheck): Promise<readonly Diagnosis[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Diagnosis[]>((resolve) => {
    const fix = 'see whether this machine reaches it: name, network, firewall';
    timer = setTimeout(() => resolve([fail(about, `no answer within ${ms / 1_000} s`, fix)]), ms);
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return [fail(about, `could not be looked at, ${what}`, 'this is a mistake in the doctor itself; please report it')];
  } finally {
    clearTimeout(timer);
  }
}

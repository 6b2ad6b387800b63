import { type Diagnosis, fail } from './diagnosis.js';

/** One thing to look at. It has its own time, so that what hangs does not hide the rest. */
export interface Examination {
  readonly about: string;
  look(): Promise<readonly [Diagnosis, ...Diagnosis[]]>;
}

/** How long one look may take. All of them begin at once, so this is also how long all of them take. */
const LOOK_MS = 15_000;

/**
 * Looks at everything side by side and tells each in the order given, as soon as those before it are told. Never throws: what
 * fails in itself, or does not end in time, is a diagnosis, too.
 */
export async function examine(
  examinations: readonly Examination[],
  tell: (diagnosis: Diagnosis) => void,
  limitMs: number = LOOK_MS,
): Promise<Diagnosis[]> {
  const begun = examinations.map((each) => within(limitMs, each));
  const all: Diagnosis[] = [];
  for (const one of begun) {
    for (const diagnosis of await one) {
      tell(diagnosis);
      all.push(diagnosis);
    }
  }
  return all;
}

async function within(ms: number, { about, look }: Examination): Promise<readonly Diagnosis[]> {
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

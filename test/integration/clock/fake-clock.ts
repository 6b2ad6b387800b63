/** A wall clock that can be set while processes look at it, made by libfaketime. Monotonic clocks stay as they are. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARY = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : [])
  .map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

export const canFakeClocks = LIBRARY !== undefined;
if (!canFakeClocks)
  console.info('libfaketime is not installed (Debian: apt-get install faketime): the clock tests are skipped.');

export interface FakeClock {
  /** For processes that are to have this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is ahead of the machine's by so much, ms; negative: behind. */
  set(aheadMs: number): void;
  /** From now on it goes on from this moment, ms since 1970. */
  show(at: number): void;
  remove(): void;
}

export function fakeClock(): FakeClock {
  const folder = mkdtempSync(join(tmpdir(), 'rollout-clock-'));
  // Postgres runs under another account.
  chmodSync(folder, 0o755);
  const file = join(folder, 'ahead');
  const set = (aheadMs: number): void => {
    const seconds = (aheadMs / 1_000).toFixed(3);
    writeFileSync(`${file}.new`, `${aheadMs < 0 ? '' : '+'}${seconds}\n`, { mode: 0o644 });
    // In one piece: it is read all the time.
    renameSync(`${file}.new`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // One is its name up to version 0.9.9, the other after it.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    show: (at) => set(at - Date.now()),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The moments of this year at which a zone changes its clocks, to the minute, ms since 1970. */
export function changesOf(timeZone: string, year: number): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = (at: number) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
  const found: number[] = [];
  const [hour, minute] = [3_600_000, 60_000];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += hour) {
    if (offset(at) === offset(at + hour)) continue;
    let change = at;
    while (offset(change) === offset(at)) change += minute;
    found.push(change);
  }
  return found;
}

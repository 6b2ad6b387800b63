/**
 * In which order these end, beside marks of this process's own timers (`1000 ms`), up to the last end. What holds up the one
 * holds up the other, so that order says what a watch on a busy machine does not. The marks are set first. A mark has to be far
 * from what it is compared with where another process has a part in it.
 */
export async function orderOf(
  works: Readonly<Record<string, () => Promise<unknown>>>,
  marksMs: readonly number[],
): Promise<string[]> {
  const seen: string[] = [];
  const timers = marksMs.map((ms) => setTimeout(() => seen.push(`${ms} ms`), ms));
  try {
    await Promise.all(Object.entries(works).map(([name, work]) => work().then(() => seen.push(name))));
  } finally {
    timers.forEach(clearTimeout);
  }
  return seen;
}

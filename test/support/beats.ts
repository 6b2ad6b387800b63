/** What a beat is, ms. */
const BEAT_MS = 20;

/**
 * How long something takes, counted in beats of this process. While the machine runs others and not this process, no beat
 * is counted, so that a busy machine is no delay.
 */
async function beatsOf(work: () => Promise<unknown>): Promise<number> {
  let beats = 0;
  const timer = setInterval(() => {
    beats += 1;
  }, BEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return beats;
}

/** By how many ms the one takes longer than the other: taken in turns, each by its quickest, since others only ever add. */
export async function delayMs(
  {
    slower,
    than,
  }: { readonly slower: () => Promise<() => Promise<unknown>>; readonly than: () => Promise<() => Promise<unknown>> },
  times = 3,
): Promise<number> {
  const took = { slower: [] as number[], than: [] as number[] };
  for (let n = 0; n < times; n += 1) {
    took.than.push(await beatsOf(await than()));
    took.slower.push(await beatsOf(await slower()));
  }
  return (Math.min(...took.slower) - Math.min(...took.than)) * BEAT_MS;
}

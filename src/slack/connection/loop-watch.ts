/**
 * Notices that this process was stopped, starved of CPU, or on a machine that slept. Requests that arrived meanwhile wait in the
 * sockets and are read as if they had just come: nothing in them says how old they are.
 */
export interface LoopWatch {
  /** How long what is read now may have lain unread, ms. */
  unreadMs(): number;
  close(): void;
}

const BEAT_MS = 250;
/** A pause shorter than this is the ordinary unevenness of a busy process. */
const PAUSE_MS = 1_000;
/** What was waiting is read within this time after a pause. */
const AFTERWARDS_MS = 5_000;

interface Clocks {
  /** Never jumps, and may stand still while the machine sleeps, ms. */
  readonly monotonic: () => number;
  /** Goes on while the machine sleeps, and may jump, ms. */
  readonly wall: () => number;
}

const CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** `beat` is what its timer does; a test calls it with clocks of its own. */
export function createLoopWatch({ monotonic, wall }: Clocks = CLOCKS): LoopWatch & { beat(): void } {
  let last = { monotonic: monotonic(), wall: wall() };
  let pause = { ms: 0, endedAt: Number.NEGATIVE_INFINITY };
  const passed = (): number => Math.max(monotonic() - last.monotonic, wall() - last.wall);
  const beat = (): void => {
    const ms = passed();
    if (ms > PAUSE_MS) pause = { ms, endedAt: monotonic() };
    last = { monotonic: monotonic(), wall: wall() };
  };
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  return {
    beat,
    unreadMs() {
      // Whatever woke first, the pause is noticed before what it delayed is read.
      if (passed() > PAUSE_MS) beat();
      const since = monotonic() - pause.endedAt;
      return since <= AFTERWARDS_MS ? pause.ms + since : 0;
    },
    close: () => clearInterval(timer),
  };
}

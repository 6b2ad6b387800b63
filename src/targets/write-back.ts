/**
 * Whether what was read can be written back without changing anything, for targets that are told by requests or programs: their
 * writes cannot be taken back, and an `off` of their own may be anything, also the way to an earlier deployment. Pure.
 */

/** What a rehearsal may do. Absent: write back through `set` what provably is the same. `write`: also through `off`. `read`: nothing. */
export type Rehearse = 'write' | 'read' | undefined;

export interface Says {
  /** `set` names the percentage, the switch. */
  readonly exposure: boolean;
  readonly enabled: boolean;
  /** There is a separate `off`. */
  readonly off: boolean;
}

export interface Seen {
  /** Percent that users really get. */
  readonly exposure: number;
  /** As it stands there, also behind a switch that is off; undefined: not told. */
  readonly value: number | undefined;
  /** Undefined: not told. */
  readonly enabled: boolean | undefined;
  /** There is no such flag yet. */
  readonly absent: boolean;
}

export type WriteBack =
  | { readonly kind: 'set'; readonly exposure: number; readonly enabled: boolean; readonly note: string | null }
  | { readonly kind: 'off' }
  | { readonly kind: 'nothing'; readonly note: string }
  /** A rollback could not come back to this. */
  | { readonly kind: 'refused'; readonly why: string };

const OFF_UNTRIED = 'off was not tried';
const NOTHING_WRITTEN = 'nothing was written, so neither set nor off was tried';

export function writeBackOf(says: Says, seen: Seen, rehearse: Rehearse): WriteBack {
  if (rehearse === 'read') return { kind: 'nothing', note: NOTHING_WRITTEN };
  if (seen.exposure > 0) return upThere(says, seen);
  if (says.off) return rehearse === 'write' ? { kind: 'off' } : { kind: 'nothing', note: OFF_UNTRIED };
  if (seen.absent) return { kind: 'nothing', note: `the flag is not there: ${NOTHING_WRITTEN}` };
  const { enabled, value } = seen;
  const known = (!says.enabled || enabled !== undefined) && (!says.exposure || value !== undefined);
  // Told a percentage alone, a flag that is switched off may be switched on by it.
  const safe = says.enabled || enabled !== false;
  if (known && safe) return { kind: 'set', exposure: value ?? 0, enabled: enabled ?? false, note: null };
  return { kind: 'nothing', note: `what is there was not read as a whole: ${NOTHING_WRITTEN}` };
}

function upThere(says: Says, { exposure, value }: Seen): WriteBack {
  const note = says.off ? OFF_UNTRIED : null;
  if (!says.exposure) {
    if (exposure === 100) return { kind: 'set', exposure, enabled: true, note };
    return { kind: 'refused', why: `reads ${exposure} %, which set cannot say: a rollback could not go back there` };
  }
  if (value !== undefined) return { kind: 'set', exposure: value, enabled: true, note };
  return { kind: 'nothing', note: `the percentage was not read: ${NOTHING_WRITTEN}` };
}

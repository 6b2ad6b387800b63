import type { Db } from '../../src/store/connect.js';
import { FORGOTTEN, forgetSlice } from '../../src/store/retention.js';

/** Everything that is to be forgotten now, in slices of this many rows. */
export async function forgetAll(db: Db, limit = 1_000): Promise<void> {
  for (const what of FORGOTTEN)
    for (let behind = '', more = true; more; ) ({ behind, more } = await forgetSlice(db, what, { limit, behind }));
}

import { addressed } from '../../src/rollout/state/audience.js';
import type { Effect } from '../../src/rollout/state/effects.js';
import type { EffectRow } from '../../src/store/effects.js';
import type { Store } from './store.js';

/** One open effect as a test wants it; times in ms from now, in domain time but for the lease. */
export interface Given {
  readonly kind?: 'rehearse' | 'raise' | 'lower' | 'read' | 'show';
  /** Of a post. */
  readonly slot?: string;
  readonly template?: 'live' | 'incident';
  readonly notBefore?: number;
  readonly retryAt?: number;
  /** Set: claimed by this worker. */
  readonly by?: string;
  /** Left of the lease, ms; negative: over. */
  readonly lease?: number;
}

let seq = 1_000;

/** Puts an effect into the table and answers its id. */
export async function given(store: Store, rolloutId: number, effect: Given = {}): Promise<number> {
  const { kind = 'read', notBefore, retryAt, by, lease = 15_000, slot = null, template = 'live' } = effect;
  seq += 1;
  const message =
    template === 'incident' ? { template, exposure: null, rollback: { cause: { reason: 'breach' } } } : { template };
  const payload = (kind === 'show'
    ? { kind, slot: slot ?? 'live', message }
    : { kind, movedSeq: 1 }) as unknown as Effect;
  const { lane, place, urgent, holdsUp } = addressed(payload);
  const rows = await store.rows<{ id: number }>(
    `insert into effects (rollout_id, seq, n, lane, kind, slot, payload, state, not_before, retry_at, not_after, claimed_by, lease_until, fence, place, urgent, holds_up)
     values ($1, $2, 0, $3, $4, $11, $5, $6, rollout_now() + $7 * interval '1 ms', rollout_now() + $8 * interval '1 ms',
       rollout_now() + interval '10 minutes', $9::text, case when $9::text is not null then now() + $10 * interval '1 ms' end,
       case when $9::text is not null then 1 else 0 end, $12, $13, $14)
     returning id`,
    [
      rolloutId,
      seq,
      lane,
      kind,
      JSON.stringify(payload),
      by ? 'claimed' : 'pending',
      notBefore ?? null,
      retryAt ?? null,
      by ?? null,
      lease,
      slot,
      place,
      urgent,
      holdsUp,
    ],
  );
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row.id;
}

export const ids = (rows: readonly EffectRow[]): number[] => rows.map((row) => row.id).sort((a, b) => a - b);

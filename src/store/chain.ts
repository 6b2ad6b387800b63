import { createHash } from 'node:crypto';
import { actorKey } from '../rollout/plan/actor.js';
import type { Recorded } from '../rollout/state/events.js';
import { parseStored, toStored } from './json.js';

/** What the first link of every chain hangs on. */
export const GENESIS = '0'.repeat(64);

export interface Link {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  readonly line: string;
  readonly prev_hash: string;
  readonly hash: string;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hangs events onto a chain: each hash covers the one before it and the exact line that is stored. */
export function link(events: readonly Recorded[], head: string): Link[] {
  let prev = head;
  return events.map((recorded) => {
    const line = toStored(recorded);
    const hash = sha256(`${prev}\n${line}`);
    const made = {
      seq: recorded.seq,
      at: recorded.at.toISOString(),
      type: recorded.event.type,
      actor: actorKey(recorded.actor),
      line,
      prev_hash: prev,
      hash,
    };
    prev = hash;
    return made;
  });
}

/** The seq of the first line that was changed, moved or taken out; null when the chain is whole up to `head`. */
export function firstBroken(
  links: readonly Pick<Link, 'seq' | 'line' | 'prev_hash' | 'hash'>[],
  head: string,
): number | null {
  let prev = GENESIS;
  let seq = 0;
  for (const entry of links) {
    seq += 1;
    if (entry.seq !== seq || entry.prev_hash !== prev || entry.hash !== sha256(`${prev}\n${entry.line}`)) return seq;
    prev = entry.hash;
  }
  return prev === head ? null : seq + 1;
}

export function readLine(line: string): Recorded {
  return parseStored<Recorded>(line);
}

import { randomBytes } from 'node:crypto';

const LIFETIME_MS = 30 * 60_000;
const MOST_USES = 5;

/** Where an answer through a response_url belongs. */
export interface Origin {
  kind: 'commands' | 'actions';
  user: string;
  channel: string;
  /** The message whose button was clicked. */
  ts?: string;
  threadTs?: string;
}

/** response_url addresses: five uses within thirty minutes. */
export class ResponseUrls {
  readonly #issued = new Map<string, { origin: Origin; issuedAt: number; uses: number }>();
  readonly #now: () => number;
  readonly #teamId: string;

  constructor(now: () => number, teamId: string) {
    this.#now = now;
    this.#teamId = teamId;
  }

  /** A new path, to be put behind the base address. */
  issue(origin: Origin): string {
    const secret = randomBytes(12).toString('hex');
    const path = `/${origin.kind}/${this.#teamId}/${this.#issued.size + 1}/${secret}`;
    this.#issued.set(path, { origin, issuedAt: this.#now(), uses: 0 });
    return path;
  }

  knows(path: string): boolean {
    return this.#issued.has(path);
  }

  /** Spends one use. */
  take(path: string): Origin | 'used_url' | 'expired_url' {
    const issued = this.#issued.get(path);
    if (!issued || this.#now() - issued.issuedAt > LIFETIME_MS) return 'expired_url';
    if (issued.uses >= MOST_USES) return 'used_url';
    issued.uses += 1;
    return issued.origin;
  }
}

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SavedState, SlackState } from './state.js';

const QUIET_MS = 250;

/** Keeps the state in one JSON file. A reader sees the old content or the new one, never half of it. */
export class StateFile {
  readonly #path: string;
  readonly #state: SlackState;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, state: SlackState) {
    this.#path = path;
    this.#state = state;
  }

  /** Fills the state from the file, if there is one. Throws when the file is not ours to read. */
  load(): void {
    if (!existsSync(this.#path)) return;
    const saved: SavedState = JSON.parse(readFileSync(this.#path, 'utf8'));
    if (saved.version !== 1) throw new Error(`${this.#path} is not a state file of this local Slack`);
    this.#state.load(saved);
  }

  /** Writes soon; changes in between share one write. */
  schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), QUIET_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify(this.#state.save()));
    renameSync(draft, this.#path);
  }
}

import { join } from 'node:path';
import { lastingPort } from './ports.js';
import { PortTakenError, type RunningPostgres, startPostgres } from './postgres.js';

const TRIES = 5;

/** Starts the server of `dir` on the port it had before, else on the next free one: another program may take a port until the server listens. */
export async function startLastingPostgres(dir: string): Promise<RunningPostgres> {
  for (let tried = 1; ; tried += 1) {
    const port = await lastingPort(join(dir, 'port'));
    try {
      return await startPostgres({ dir, port });
    } catch (error) {
      if (!(error instanceof PortTakenError) || tried >= TRIES) throw error;
    }
  }
}

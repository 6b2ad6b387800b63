/** A process that claims everything that is due, says so, and then does nothing until it is killed. */
import { openPool } from '../../src/store/connect.js';
import { claimEffects } from '../../src/store/effects.js';
import { claimWatches } from '../../src/store/watches.js';
import { startWorker } from '../../src/store/workers.js';

const url = process.argv[2] ?? '';
const db = openPool({ url, onError: () => undefined });
const worker = await startWorker(url, { wake: () => undefined, error: () => undefined });
const effects = await claimEffects(db, { worker: worker.id, lane: 'target', limit: 100 });
const watches = await claimWatches(db, { worker: worker.id, limit: 100 });
process.on('disconnect', () => process.exit(0));
process.send?.({ worker: worker.id, effects: effects.length, watches: watches.length });

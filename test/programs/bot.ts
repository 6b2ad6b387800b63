/** A process that runs one program (its own arguments), says so, and waits for it until it is killed. */
import { createPrograms } from '../../src/programs/run.js';

const limits = { timeoutMs: 60_000, signal: new AbortController().signal };
const outcome = createPrograms({ env: {} }).run(process.argv.slice(2), limits);
process.stdout.write('started\n');
await outcome;

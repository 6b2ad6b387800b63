/** Imported before everything else: on an older Node the packages fail with a message about something that they lack. */
import { isNewEnough, NEEDED_NODE } from './programs/node-version.js';

const { node } = process.versions;
if (!isNewEnough(node)) {
  console.error(`rollout-bot needs Node ${NEEDED_NODE} or later; this is ${node}.`);
  process.exit(1);
}

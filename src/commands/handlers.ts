import type { Verb } from '../rollout/state/verbs.js';
import { advance } from './advance.js';
import { alerts } from './alerts.js';
import { approve } from './approve.js';
import { baseline } from './baseline.js';
import { check } from './check.js';
import { deny } from './deny.js';
import { done } from './done.js';
import { extend } from './extend.js';
import { fail } from './fail.js';
import { finish } from './finish.js';
import { have } from './have.js';
import { help } from './help.js';
import { history } from './history.js';
import { items } from './items.js';
import { list } from './list.js';
import { output } from './output.js';
import { pause } from './pause.js';
import { plans } from './plans.js';
import { reopen } from './reopen.js';
import { report } from './report.js';
import type { VerbHandler } from './request.js';
import { resume } from './resume.js';
import { rollback } from './rollback.js';
import { run } from './run.js';
import { start } from './start.js';
import { status } from './status.js';
import { waive } from './waive.js';
import { why } from './why.js';
import { withdraw } from './withdraw.js';

/** Every verb, one file each. */
export const HANDLERS: Readonly<Record<Verb, VerbHandler>> = {
  start,
  status,
  why,
  advance,
  approve,
  deny,
  withdraw,
  pause,
  resume,
  extend,
  finish,
  rollback,
  check,
  list,
  plans,
  alerts,
  history,
  have,
  baseline,
  report,
  items,
  output,
  done,
  fail,
  reopen,
  run,
  waive,
  help,
};

import { didYouMean } from '../plans/near-miss.js';
import { type Refusal, refusal } from '../rollout/refusal.js';
import type { Rollout } from '../rollout/rollout.js';
import { firstWord } from './grammar.js';
import { type Meant, move } from './moving.js';
import type { VerbHandler } from './request.js';

/** A number that no machine knows: complaints, tickets, a count somebody made. */
export const report: VerbHandler = {
  verb: 'report',
  usage: 'report [rollout] <check> <number> [note]',
  does: 'tell a number that only people know, e.g. report complaints 3',
  run: (request, desk) => move(request, desk, 'report', (rest, { rollout }) => readReport(rollout, rest)),
};

function readReport(rollout: Rollout, text: string): Meant {
  const names = rollout.plan.checks.flatMap(({ name, probe }) => (probe.kind === 'manual' ? [name] : []));
  const [only, ...others] = names;
  if (only === undefined)
    return refusal('no_such_check', [], { detail: 'every check is read by itself', helps: 'status' });
  const [first, behind] = firstWord(text);
  // With one such check its name says nothing new.
  const short = others.length === 0 && !names.includes(first) && numberIn(first) !== undefined;
  const [name, said] = short ? [only, text.trim()] : [first, behind];
  if (!names.includes(name)) return unknown(name, names);
  const [digits, note] = firstWord(said);
  const value = numberIn(digits);
  if (value === undefined) {
    const found = digits === '' ? 'how many?' : `not a number: ${digits};`;
    return refusal('bad_arguments', [], { detail: `${found} for example report ${name} 3`, helps: 'report' });
  }
  return { type: 'report', check: name, value, note };
}

function unknown(name: string, names: readonly string[]): Refusal {
  const asked = name === '' ? 'which?' : `${name}${didYouMean(name, names)};`;
  return refusal('no_such_check', [], { detail: `${asked} people report ${names.join(', ')}`, helps: 'report' });
}

/** Plain digits only: `1,5` means one thing here and another there. */
function numberIn(text: string): number | undefined {
  const digits = /^[-+]?\d{1,15}(?:\.\d{1,9})?(?=%?$)/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

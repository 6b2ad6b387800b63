import { didYouMean } from '../plans/values/near-miss.js';
import { checkIn } from '../rollout/health/in-force.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { firstWord } from './grammar.js';
import { type Meant, move } from './moving.js';
import { canOpenForm, type Request, type VerbHandler } from './request.js';

/** A number that no machine knows: complaints, tickets, a count somebody made. */
export const report: VerbHandler = {
  verb: 'report',
  usage: 'report [rollout] <check> <number> [note]',
  does: 'tell a number that only people know, e.g. report complaints 3',
  async run(request, desk) {
    const { filled, button } = request;
    const check = button && 'rollout' in button ? (button.check ?? '') : '';
    if (filled && numberIn(filled.number) === undefined) {
      const reply = await move(request, desk, 'report', () => noNumber(check, filled.number));
      return { ...reply, field: { name: 'number', error: 'Not a number; digits with a point, for example 3 or 0.5.' } };
    }
    return move(request, desk, 'report', (rest, { rollout }) => {
      if (filled) return { type: 'report', check, value: numberIn(filled.number) ?? Number.NaN, note: filled.note };
      return readReport(request, rollout, button ? check : rest);
    });
  },
};

function readReport(request: Request, rollout: Rollout, text: string): Meant {
  const names = rollout.plan.checks.flatMap(({ name, probe }) => (probe.kind === 'manual' ? [name] : []));
  const [only, ...others] = names;
  if (only === undefined) {
    return refusal('no_such_check', [], { detail: 'every check is read by itself', helps: 'status' });
  }
  const [first, behind] = firstWord(text);
  // With one such check its name says nothing new.
  const short = others.length === 0 && !names.includes(first) && (first === '' || numberIn(first) !== undefined);
  const [name, said] = short ? [only, text.trim()] : [first, behind];
  if (!names.includes(name)) return unknown(name, names);
  const [digits, note] = firstWord(said);
  const value = numberIn(digits);
  if (value !== undefined) return { type: 'report', check: name, value, note };
  const check = checkIn(rollout, name);
  if (check && digits === '' && canOpenForm(request))
    return { form: { kind: 'report', rollout, check, number: '', note } };
  return noNumber(name, digits);
}

function noNumber(name: string, digits: string): Refusal {
  const example = `report ${name} 3`;
  return refusal('bad_arguments', [], {
    facts: { kind: 'amount', of: 'number', said: digits, example },
    helps: 'report',
  });
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

import { plainText } from './block-kit/composition.js';
import { anything, flag, oneOf, type Rule, shape, text } from './block-kit/rules.js';
import { type BlockProblem, validateBlocks } from './block-kit.js';
import { isRecord, type Json, recordsIn } from './values.js';

const shared: Record<string, Rule> = {
  type: oneOf('modal', 'home'),
  private_metadata: text(3_000, 0),
  callback_id: text(255, 0),
  external_id: text(255, 0),
};

const modal = shape(
  { blocks: anything, title: plainText(24) },
  {
    ...shared,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
);
const home = shape({ blocks: anything }, shared);

/** Checks a modal or Home view with its blocks. Pointers start at the view. */
export function validateView(view: unknown): BlockProblem[] {
  if (!isRecord(view)) return [{ pointer: '', message: 'must be an object' }];
  const problems: BlockProblem[] = [];
  const surface = view.type;
  if (surface !== 'modal' && surface !== 'home') {
    return [{ pointer: '/type', message: `unsupported type: ${String(view.type)}` }];
  }
  (surface === 'modal' ? modal : home)(view, '', problems);
  for (const { pointer, message } of validateBlocks(view.blocks ?? [], surface)) {
    problems.push({ pointer: `/blocks${pointer}`, message });
  }
  return problems.concat(missingSubmit(view));
}

function missingSubmit(view: Json): BlockProblem[] {
  const hasInput = recordsIn(view.blocks).some((block) => block.type === 'input');
  const lacks = view.type === 'modal' && hasInput && view.submit === undefined;
  return lacks ? [{ pointer: '/submit', message: 'missing required field: submit, as the view has an input' }] : [];
}

import { expect, test } from 'vitest';
import { renderMessage, renderUnknownButton, withNote } from '../../src/slack/words/messages/index.js';
import { rolloutAt } from '../support/rollouts.js';
import { at, buttonsIn, readable } from './readable.js';

const ctx = at(rolloutAt('baking'));
const live = renderMessage({ template: 'live' }, ctx);

test('a note stands above a copy, for eyes and for screen readers, and everything else stays', () => {
  const noted = withNote(live, 'I cannot post in <#CSHOP>: it is archived. Unarchive it');
  expect(readable(noted)).toBe(`I cannot post in <#CSHOP>: it is archived. Unarchive it\n${readable(live)}`);
  expect(noted.text).toBe(`I cannot post in <#CSHOP>: it is archived. Unarchive it\n${live.text}`);
  expect(buttonsIn(noted)).toEqual(buttonsIn(live));
});

test('an answer to a click on something this version did not draw says what works', () => {
  expect(readable(renderUnknownButton())).toBe(
    'This button is from an earlier version of me and does nothing any more.\nHere is what works: `/rollout status`',
  );
});

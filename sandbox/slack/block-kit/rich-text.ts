import { own } from './composition.js';
import { anything, byType, list, number, oneOf, type Rule, shape, text } from './rules.js';

const style = anything;
const MANY = 3_000;

const inline: Rule = byType({
  text: shape({ text: text(12_000) }, { style }),
  link: shape({ url: text(3_000) }, { text: text(12_000), unsafe: anything, style }),
  emoji: shape({ name: text(255) }, { unicode: text(255), url: text(3_000), skin_tone: number(1, 6), style }),
  user: shape({ user_id: text(255) }, { style }),
  usergroup: shape({ usergroup_id: text(255) }, { style }),
  channel: shape({ channel_id: text(255) }, { style }),
  team: shape({ team_id: text(255) }, { style }),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, { style }),
  color: shape({ value: text(7) }, { style }),
  date: shape({ timestamp: anything, format: text(255) }, { url: text(3_000), fallback: text(3_000), style }),
});

const border = number(0, 1);

/** A rich_text block whose parts hold at least so much. */
function richTextOf(least: number): Rule {
  const inside = list(MANY, inline, least);
  const section = shape({ elements: inside });
  const part = byType({
    rich_text_section: section,
    rich_text_quote: shape({ elements: inside }, { border }),
    rich_text_preformatted: shape({ elements: inside }, { border, language: text(255) }),
    rich_text_list: shape(
      { elements: list(MANY, byType({ rich_text_section: section })), style: oneOf('bullet', 'ordered') },
      { indent: number(0, 8), offset: number(0, MANY), border },
    ),
  });
  return shape({ elements: list(MANY, part) }, own);
}

export const richText = richTextOf(0);

/** As a cell of a table has to be: people saw Slack refuse a whole message for one cell with nothing in it. */
export const filledRichText = richTextOf(1);

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
const section = shape({ elements: list(MANY, inline, 0) });

/** The parts of a rich_text block. */
export const richTextElement: Rule = byType({
  rich_text_section: section,
  rich_text_quote: shape({ elements: list(MANY, inline, 0) }, { border }),
  rich_text_preformatted: shape({ elements: list(MANY, inline, 0) }, { border, language: text(255) }),
  rich_text_list: shape(
    { elements: list(MANY, byType({ rich_text_section: section })), style: oneOf('bullet', 'ordered') },
    { indent: number(0, 8), offset: number(0, MANY), border },
  ),
});

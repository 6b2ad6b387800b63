import { all, byType, flag, list, oneField, oneOf, type Rule, shape, text } from './rules.js';

/** What every block may carry. */
export const own = { block_id: text(255) };

export function plainText(most: number): Rule {
  return byType({ plain_text: shape({ text: text(most) }, { emoji: flag }) });
}

/** A plain_text or mrkdwn object. */
export function textObject(most: number): Rule {
  return byType({
    plain_text: shape({ text: text(most) }, { emoji: flag }),
    mrkdwn: shape({ text: text(most) }, { verbatim: flag }),
  });
}

export const confirm: Rule = shape(
  { title: plainText(100), text: textObject(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf('primary', 'danger') },
);

/** Slack's pages say 75 and 150 characters for `value` in different places; it takes the longer one. */
const LONGEST_OPTION_VALUE = 150;

function option(label: Rule, description: Rule): Rule {
  return shape({ text: label, value: text(LONGEST_OPTION_VALUE) }, { description, url: text(3_000) });
}

export const selectOption = option(plainText(75), plainText(75));
export const choiceOption = option(textObject(75), textObject(75));

export const optionGroup: Rule = shape({ label: plainText(75), options: list(100, selectOption) });

export const filter: Rule = shape(
  {},
  {
    include: list(4, oneOf('im', 'mpim', 'private', 'public')),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
);

export const dispatchConfig: Rule = shape(
  {},
  { trigger_actions_on: list(2, oneOf('on_enter_pressed', 'on_character_entered')) },
);

export const imageSource: Record<string, Rule> = {
  image_url: text(3_000),
  slack_file: all(shape({}, { url: text(3_000), id: text(255) }), oneField('url', 'id')),
};

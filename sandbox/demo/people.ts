/** What the demo's people do in Slack, and its record. */

import { recordsIn, textIn } from '../slack/page/json.js';
import type { LocalSlack, SlackMessage } from '../slack/types.js';
import type { Deed } from './transcript.js';
import { waitFor } from './wait-for.js';

export const CHANNEL = 'C0SHOP';
export const OPAL = 'U0OPAL';
export const LEA = 'U0LEA';
export const LOU = 'U0LOU';

export interface People {
  readonly deeds: readonly Deed[];
  type(user: string, text: string): Promise<void>;
  /** Clicks a button of this kind under the newest post that has one and was not clicked yet; waits for it to appear. */
  click(user: string, actionId: string): Promise<void>;
}

export function peopleIn(slack: LocalSlack, tell: (what: string) => void): People {
  const deeds: Deed[] = [];
  const clicked = new Set<string>();
  const done = (deed: Omit<Deed, 'at'>) => {
    deeds.push({ at: Date.now(), ...deed });
    tell(`${slack.workspace.users.find(({ id }) => id === deed.user)?.realName} ${deed.words}`);
  };
  const newest = (actionId: string) => () => {
    const message = slack
      .messages(CHANNEL)
      .findLast(({ ts, threadTs, blocks }) => threadTs && !clicked.has(ts) && buttonLabel(blocks, actionId));
    return message;
  };
  return {
    deeds,
    async type(user, text) {
      done({ user, words: `types ${text}` });
      await until(`the bot answers ${text}`, () =>
        slack.command({ user, channel: CHANNEL, text: text.replace(/^\/rollout /, '') }),
      );
    },
    async click(user, actionId) {
      const message = await waitFor(`a post with the button ${actionId}`, newest(actionId));
      clicked.add(message.ts);
      done({ user, words: `clicks [ ${buttonLabel(message.blocks, actionId)} ]`, threadTs: message.threadTs });
      await until(`the bot answers the click on ${actionId}`, () =>
        slack.click({ user, channel: CHANNEL, ts: message.ts, actionId }),
      );
    },
  };
}

/** On a machine that is busy with something else Slack says that the bot did not answer; then a person tries again. */
async function until(what: string, ask: () => Promise<{ readonly acked: boolean }>): Promise<void> {
  await waitFor(what, async () => ((await ask()).acked ? true : undefined));
}

/** What is written on the button; undefined when the message has none of this kind. */
function buttonLabel(blocks: SlackMessage['blocks'], actionId: string): string | undefined {
  const buttons = (blocks ?? []).flatMap((block) => recordsIn(block, 'elements'));
  const button = buttons.find((each) => each.action_id === actionId);
  return button && textIn(button, 'text');
}

import type { ConfigParts } from '../config.js';
import { createSlackClient, type SlackClientOptions } from '../slack/connection/client.js';
import { createSurvey, type Survey } from '../slack/survey.js';

/** What can be asked of Slack with these tokens; null without a bot token. */
export function surveyOf(parts: ConfigParts, fetch?: SlackClientOptions['fetch']): Survey | null {
  const { slackBotToken, slackAppToken, slackApiUrl: apiUrl } = parts;
  if (slackBotToken === undefined || apiUrl === undefined) return null;
  const clientOf = (token: string) => createSlackClient({ token, apiUrl, ...(fetch && { fetch }) });
  return createSurvey({
    client: clientOf(slackBotToken),
    appClient: slackAppToken === undefined ? null : clientOf(slackAppToken),
  });
}

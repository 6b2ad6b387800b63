/**
 * What Slack accepts as an app manifest, as far as our manifests go. From https://docs.slack.dev/reference/app-manifest and the
 * JSON Schemas of https://github.com/slackapi/manifest-schema; the rules are written here in our own words.
 */
import { z } from 'zod';

const URL_CHARS = 3_500;
const requestUrl = z
  .string()
  .regex(/^https:\/\//, 'has to be an https address')
  .max(URL_CHARS);

const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int().min(1).max(2), minor_version: z.int().min(0) }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().min(1).max(140).optional(),
    long_description: z.string().min(175).max(4_000).optional(),
    background_color: z
      .string()
      .regex(/^#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?$/, 'has to be a hex colour')
      .optional(),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({
      display_name: z
        .string()
        .regex(/^[a-z0-9_.-]+$/, 'may have a-z, 0-9, -, _ and .')
        .max(80),
      always_online: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z
            .string()
            .regex(/^\/\S+$/, 'begins with a slash')
            .max(32),
          url: requestUrl.max(3_000).optional(),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000).optional(),
          should_escape: z.boolean().optional(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().max(50)).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: requestUrl.optional(),
      bot_events: z.array(z.string().max(50)).max(100),
    }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: requestUrl.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

export type Manifest = z.output<typeof Manifest>;

/** Bot scopes there are; https://docs.slack.dev/reference/scopes has them all, these are those that could make sense here. */
const SCOPES = new Set(
  [
    'app_mentions:read bookmarks:read bookmarks:write channels:history channels:join channels:manage channels:read chat:write',
    'chat:write.customize chat:write.public commands emoji:read files:read files:write groups:history groups:read groups:write',
    'im:history im:read im:write links:read links:write metadata.message:read mpim:history mpim:read mpim:write pins:read pins:write',
    'reactions:read reactions:write reminders:write team:read usergroups:read usergroups:write users.profile:read users:read',
    'users:read.email users:write',
  ].flatMap((line) => line.split(' ')),
);

/** What each event needs besides being subscribed to. */
const EVENT_SCOPE: Readonly<Record<string, string>> = { app_mention: 'app_mentions:read', 'message.im': 'im:history' };

/** What Slack would say when this is pasted; empty when it would take it. */
export function manifestProblems(manifest: unknown): string[] {
  const parsed = Manifest.safeParse(manifest);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return [...scopeProblems(parsed.data), ...transportProblems(parsed.data)];
}

function scopeProblems({ oauth_config, features, settings }: Manifest): string[] {
  const { bot } = oauth_config.scopes;
  const needed = [
    ...(features.slash_commands.length > 0 ? ['commands'] : []),
    ...settings.event_subscriptions.bot_events.flatMap((event) => EVENT_SCOPE[event] ?? []),
  ];
  return [
    ...bot.filter((scope) => !SCOPES.has(scope)).map((scope) => `${scope} is no bot scope`),
    ...bot.filter((scope, index) => bot.indexOf(scope) < index).map((scope) => `${scope} is asked for twice`),
    ...needed.filter((scope) => !bot.includes(scope)).map((scope) => `${scope} is needed by what the app does`),
  ];
}

/** Over HTTP Slack has to know where to; over a socket an address would only mislead. */
function transportProblems({ features, settings }: Manifest): string[] {
  const addresses = {
    'settings.event_subscriptions.request_url': settings.event_subscriptions.request_url,
    'settings.interactivity.request_url': settings.interactivity.request_url,
    ...Object.fromEntries(features.slash_commands.map(({ command, url }) => [`url of ${command}`, url])),
  };
  const wrong = Object.entries(addresses).filter(([, url]) => (url === undefined) !== settings.socket_mode_enabled);
  return wrong.map(([name]) => `${name} is ${settings.socket_mode_enabled ? 'of no use in Socket Mode' : 'missing'}`);
}

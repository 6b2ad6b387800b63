import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { sandboxWorkspace } from '../../sandbox/slack/index.js';
import { VERBS } from '../../src/rollout/authority.js';
import { BOT_SCOPES } from '../../src/slack/scopes.js';
import { scopesFor, slackSurface } from './slack-surface.js';
import { ROOT, readSource, readSources } from './sources.js';

const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.number(), minor_version: z.number() }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
    slash_commands: z.array(
      z.strictObject({
        command: z.string().startsWith('/').max(32),
        description: z.string().max(2_000),
        usage_hint: z.string().max(1_000),
        should_escape: z.boolean(),
      }),
    ),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()) }),
    interactivity: z.strictObject({ is_enabled: z.boolean() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

const manifest = Manifest.parse(parse(readFileSync(join(ROOT, 'manifest.yml'), 'utf8')));
const surface = slackSurface(readSources('src'));

describe('the manifest', () => {
  test('asks for exactly the scopes that the code uses', () => {
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual(scopesFor(surface));
  });

  test('asks for the scopes that the doctor looks for', () => {
    expect([...BOT_SCOPES].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
  });

  test('has exactly the slash commands that are answered', () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(surface.commands);
  });

  test('subscribes to exactly the events that are listened to', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(surface.events);
  });

  test('turns clicks on because there are buttons', () => {
    expect(surface.interactive).toBe(true);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });

  test('shows the Home tab that is drawn, and direct messages that people can answer', () => {
    expect(surface.methods).toContain('views.publish');
    expect(manifest.features.app_home).toEqual({
      ...{ home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
    });
  });

  test('works without a public address, always shown as there, with mentions as ids', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.features.bot_user.always_online).toBe(true);
    expect(manifest.features.slash_commands.map(({ should_escape }) => should_escape)).toEqual([true]);
  });

  test('hints at verbs that exist', () => {
    const hint = manifest.features.slash_commands[0]?.usage_hint ?? '';
    const verbs: readonly string[] = VERBS;
    const hinted = hint.split('|').map((part) => part.trim().split(' ')[0] ?? '');
    expect(hinted.length).toBeGreaterThan(3);
    expect(hinted.filter((word) => !verbs.includes(word))).toEqual([]);
  });

  test('gives the local Slack its scopes, so that a missing one is missed there too', () => {
    expect([...sandboxWorkspace().scopes].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
  });
});

describe('what the code asks of Slack', () => {
  const found = (text: string) => slackSurface([readSource('src/a.ts', text)]);

  test('is found through any client, also over several lines and behind a catch', () => {
    const text = `
      options.client.auth.test();
      client.chat
        .postEphemeral({ channel })
        .catch(() => undefined);
      this.webClient.usergroups.users.list({});
      await client.apiCall('users.info', {});`;
    expect(found(text).methods).toEqual(['auth.test', 'chat.postEphemeral', 'usergroups.users.list', 'users.info']);
  });

  test('does not take a database client for Slack', () => {
    expect(found("client.query('select 1'); client.connect(); client.end().catch(() => undefined);").methods).toEqual(
      [],
    );
  });

  test('includes commands, events and clicks', () => {
    const text = "app.command('/x', f); app.event('app_mention', f); app.action(/^a/, f);";
    expect(found(text)).toEqual({ methods: [], commands: ['/x'], events: ['app_mention'], interactive: true });
  });

  test('a method nobody knows the scopes of is an error, and so is a computed one', () => {
    expect(() => scopesFor(found('client.pins.add({});'))).toThrow('pins.add');
    expect(() => scopesFor(found('client.apiCall(name);'))).toThrow('(computed)');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sandboxWorkspace } from '../../sandbox/slack/index.js';
import { VERBS } from '../../src/rollout/state/verbs.js';
import { EVENTS } from '../../src/slack/connection/expected.js';
import { BOT_SCOPES } from '../../src/slack/connection/scopes.js';
import { type Manifest, manifestProblems } from './manifest-rules.js';
import { scopesFor, slackSurface } from './slack-surface.js';
import { ROOT, readSource, readSources } from './sources.js';

const readManifest = (name: string): unknown => parse(readFileSync(join(ROOT, name), 'utf8'));
// What it is made of is looked at below, before anything else.
const manifest = readManifest('manifest.yml') as Manifest;
const http = readManifest('manifest.http.yml') as Manifest;
const surface = slackSurface(readSources('src'));

describe('Slack would take', () => {
  test('the manifest for Socket Mode', () => expect(manifestProblems(manifest)).toEqual([]));

  test('the manifest for HTTP', () => expect(manifestProblems(http)).toEqual([]));

  type Change = (copy: Manifest) => unknown;
  const BROKEN: readonly (readonly [string, Change])[] = [
    ['a name of 36 characters', (copy) => Object.assign(copy.display_information, { name: 'x'.repeat(36) })],
    [
      'a description of 141 characters',
      (copy) => Object.assign(copy.display_information, { description: 'x'.repeat(141) }),
    ],
    [
      'a long description that is short',
      (copy) => Object.assign(copy.display_information, { long_description: 'short' }),
    ],
    ['a colour with a name', (copy) => Object.assign(copy.display_information, { background_color: 'black' })],
    [
      'a bot name with capitals and spaces',
      (copy) => Object.assign(copy.features.bot_user, { display_name: 'My Bot' }),
    ],
    ['a key nobody knows', (copy) => Object.assign(copy.settings, { sockets: true })],
    ['a version there is not', (copy) => Object.assign(copy._metadata, { major_version: 3 })],
    [
      'a command without a slash',
      (copy) => Object.assign(copy.features.slash_commands[0] ?? {}, { command: 'rollout' }),
    ],
    [
      'a usage hint that is too long',
      (copy) => Object.assign(copy.features.slash_commands[0] ?? {}, { usage_hint: 'x'.repeat(1_001) }),
    ],
    [
      '51 commands',
      (copy) =>
        copy.features.slash_commands.push(...Array.from({ length: 50 }, () => ({ command: '/x', description: 'x' }))),
    ],
    ['a scope there is not', (copy) => copy.oauth_config.scopes.bot.push('chat:shout')],
    ['the same scope twice', (copy) => copy.oauth_config.scopes.bot.push('chat:write')],
    ['no scope for what it listens to', (copy) => copy.oauth_config.scopes.bot.splice(0, 1)],
  ];
  test.each(BROKEN)('not %s', (_, change) => {
    const copy = structuredClone(manifest);
    change(copy);
    expect(manifestProblems(copy)).not.toEqual([]);
  });

  test('not HTTP without addresses, nor addresses over http, nor Socket Mode with some', () => {
    const without = structuredClone(http);
    delete without.settings.event_subscriptions.request_url;
    delete without.settings.interactivity.request_url;
    delete without.features.slash_commands[0]?.url;
    expect(manifestProblems(without)).toHaveLength(3);
    const plain = structuredClone(http);
    plain.settings.interactivity.request_url = 'http://rollout.example.com/slack/events';
    expect(manifestProblems(plain)).toHaveLength(1);
    expect(manifestProblems({ ...http, settings: { ...http.settings, socket_mode_enabled: true } })).toHaveLength(3);
  });
});

describe('the manifest for HTTP', () => {
  test('is the other one, but for where Slack comes to', () => {
    const over = structuredClone(http);
    const [command] = over.features.slash_commands;
    const addresses = [
      command?.url,
      over.settings.event_subscriptions.request_url,
      over.settings.interactivity.request_url,
    ];
    expect(new Set(addresses)).toEqual(new Set(['https://rollout.example.com/slack/events']));
    delete command?.url;
    delete over.settings.event_subscriptions.request_url;
    delete over.settings.interactivity.request_url;
    expect({ ...over, settings: { ...over.settings, socket_mode_enabled: true } }).toEqual(manifest);
  });

  test('has the same reason behind every scope', () => {
    const reasons = (name: string) => readFileSync(join(ROOT, name), 'utf8').match(/^ +- [a-z_:.]+ # .*$/gm);
    expect(reasons('manifest.http.yml')).toEqual(reasons('manifest.yml'));
    expect(reasons('manifest.yml')).toHaveLength(manifest.oauth_config.scopes.bot.length);
  });
});

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

  test('subscribes to the events that reach a listener', () => {
    expect([...EVENTS].sort()).toEqual(
      surface.events.map((event) => String(event).replace('message.im', 'message')).sort(),
    );
  });

  test('turns clicks on because there are buttons', () => {
    expect(surface.interactive).toBe(true);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });

  test('shows the Home tab that is drawn, and direct messages that people can answer', () => {
    expect(surface.methods).toContain('views.publish');
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
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

/** Alerts that others push: they act at once, once, and are shown also when nothing reads them. */
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { HOOKS, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room?.close());

const PROBE = 'probe: { kind: alert, source: alertmanager, match: { service: checkout }, quiet: pass }';
const CHECK = `  alerts: { title: Critical alerts, ${PROBE}, critical: { above: 0 } }`;

function planWith(check: string): string {
  return planText().replace('checks:\n', `checks:\n${check}\n`);
}

function alert(changes: object = {}) {
  return {
    status: 'firing',
    labels: { alertname: 'HighErrors', service: 'checkout' },
    fingerprint: 'f1',
    annotations: { summary: 'Checkout is on fire' },
    startsAt: '2026-03-01T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    ...changes,
  };
}

interface Sent {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

function push(body: unknown, { path = 'alertmanager', headers = {} }: Sent = {}) {
  return fetch(`http://127.0.0.1:${room.app.port}/hooks/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${HOOKS.token}`, ...headers },
    body: JSON.stringify(body),
  });
}

async function pushed(...alerts: object[]): Promise<void> {
  const answer = await push({ version: '4', alerts });
  expect([answer.status, await answer.json()]).toEqual([200, { stored: alerts.length }]);
  await checksRead();
}

/** The checks an alert makes due are read beside its answer: until then nothing else happens here. */
async function checksRead(): Promise<void> {
  const due = 'select 1 from watches where next_check_at <= rollout_now()';
  await expect.poll(async () => (await room.db.query(due)).rowCount).toBe(0);
  await room.settle();
}

async function toBaking(check = CHECK): Promise<void> {
  room = await openRoom({ transport: 'http', plan: planWith(check) });
  await room.ask(WHO.opal, 'start new-checkout');
  await room.passUntil('it bakes', async () => (await room.phase()) === 'baking', { stepMs: 1_000, maxMs: 10_000 });
  // Far from the next time the checks would be read.
  await room.db.query(`update watches set next_check_at = rollout_now() + interval '1 hour'`);
}

const readings = async () =>
  (
    await room.db.query<{ value: number | null }>(
      `select value from measurements where check_name = 'alerts' order by due_at`,
    )
  ).rows.map(({ value }) => value);

describe('an alert that fires', () => {
  test('is read at once, not when its check would be due, and takes the rollout back', async () => {
    await toBaking();
    await room.pass(1_000);
    const before = (await readings()).length;
    await pushed(alert());
    expect((await readings()).slice(before)[0]).toBe(1);
    // One reading decides, and no time has passed.
    expect(await room.phase()).toBe('rolled_back');
    expect(room.target.exposure).toBe(0);
    expect(room.transcript().replaceAll('\u00a0', ' ')).toContain('Critical alerts 1 is over its limit 0');
  });

  test('told again and again is one incident', async () => {
    await toBaking();
    for (let time = 0; time < 3; time += 1) await push({ alerts: [alert(), alert()] });
    await Promise.all([push({ alerts: [alert()] }), push({ alerts: [alert()] })]);
    await room.pass(10_000, 5_000);
    await pushed(alert());
    expect((await room.events()).filter((type) => type === 'rollback_ordered')).toHaveLength(1);
    expect(room.posts().filter((post) => room.read(post).includes('ROLLED BACK'))).toHaveLength(1);
  });

  test('holds a start up until it is over', async () => {
    room = await openRoom({ transport: 'http', plan: planWith(CHECK) });
    await pushed(alert());
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await room.phase()).toBe('not_started');
    await pushed(alert({ status: 'resolved', endsAt: '2026-03-01T10:05:00Z' }));
    await room.ask(WHO.opal, 'start new-checkout');
    await room.passUntil('it bakes', async () => (await room.phase()) === 'baking', { stepMs: 1_000, maxMs: 10_000 });
  });

  test('only as a warning is told, and is over when it is', async () => {
    await toBaking(CHECK.replace('critical', 'warning'));
    await pushed(alert());
    await room.pass(10_000, 5_000);
    expect(await room.events()).toContain('alert_opened');
    expect(room.target.exposure).toBe(10);
    await pushed(alert({ status: 'resolved', endsAt: '2026-03-01T10:05:00Z' }));
    await room.pass(20_000, 5_000);
    expect(await room.events()).toContain('alert_closed');
  });

  test('with other labels, or at another hook, moves nothing', async () => {
    await toBaking();
    await pushed(alert({ fingerprint: 'f2', labels: { alertname: 'HighErrors', service: 'search' } }));
    const own = { id: 'f1', status: 'firing', labels: { service: 'checkout' } };
    expect((await push(own, { path: 'alert' })).status).toBe(200);
    await room.pass(20_000, 5_000);
    expect(room.target.exposure).toBe(10);
  });
});

describe('silence', () => {
  const BEATEN = CHECK.replace('quiet: pass', 'heartbeat: { match: { alertname: Watchdog }, within: 10m }');
  const watchdog = alert({ fingerprint: 'w', labels: { alertname: 'Watchdog' } });

  test('is not health where the plan asks for a heartbeat: the bake stands still until it comes', async () => {
    await toBaking(BEATEN);
    await room.db.query('update watches set next_check_at = rollout_now()');
    await room.pass(60_000, 5_000);
    expect(await room.phase()).toBe('baking');
    expect(await room.ask(WHO.opal, 'why')).toContain('no heartbeat from alertmanager');
    await pushed(watchdog);
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready', { maxMs: 120_000 });
    await room.pass(700_000, 30_000);
    expect(await room.ask(WHO.opal, 'why')).toContain('no heartbeat from alertmanager');
  });
});

describe('a group that Alertmanager cuts short', () => {
  test('may hold what the check asks for: nothing advances until it is told as a whole', async () => {
    await toBaking();
    const search = alert({ labels: { service: 'search' }, fingerprint: 'f2' });
    const group = { groupKey: '{}:{}', receiver: 'bot', groupLabels: {}, alerts: [search] };
    expect((await push({ ...group, truncatedAlerts: 1 })).status).toBe(200);
    await room.db.query('update watches set next_check_at = rollout_now()');
    await room.pass(60_000, 5_000);
    expect(await room.phase()).toBe('baking');
    expect(await room.ask(WHO.opal, 'why')).toContain('alertmanager left out 1 alerts (max_alerts)');
    expect((await push({ ...group, truncatedAlerts: 0 })).status).toBe(200);
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready', { maxMs: 120_000 });
  });
});

describe('the other hooks', () => {
  test('a signed delivery counts once, however often it comes', async () => {
    await toBaking(CHECK.replace('alertmanager', 'alert'));
    const send = async (status: string, at: number) => {
      const body = { id: 'f1', status, labels: { service: 'checkout' } };
      const hex = createHmac('sha256', HOOKS.token)
        .update(`${at}.${JSON.stringify(body)}`)
        .digest('hex');
      const headers = { authorization: '', 'x-rollout-timestamp': `${at}`, 'x-rollout-signature': `sha256=${hex}` };
      return (await push(body, { path: 'alert', headers })).json();
    };
    const now = Math.floor(Date.now() / 1000);
    expect(await send('resolved', now)).toEqual({ stored: 1 });
    expect(await send('firing', now)).toEqual({ stored: 1 });
    expect(await send('resolved', now + 1)).toEqual({ stored: 1 });
    // Caught on its way and played again.
    expect(await send('firing', now)).toEqual({ repeated: true });
    const { rows } = await room.db.query('select status from alerts');
    expect(rows).toEqual([{ status: 'resolved' }]);
    await checksRead();
  });

  test('an incident of Sentry takes a rollout back', async () => {
    const probe = 'source: sentry, match: { alertname: Too many errors, level: critical }';
    await toBaking(CHECK.replace(/source: .*?\}/, probe));
    const body = { action: 'critical', data: { metric_alert: { id: '4', alert_rule: { name: 'Too many errors' } } } };
    const hex = createHmac('sha256', HOOKS.sentrySecret).update(JSON.stringify(body)).digest('hex');
    const headers = { 'sentry-hook-signature': hex, 'sentry-hook-resource': 'metric_alert' };
    expect((await push(body, { path: 'sentry', headers })).status).toBe(200);
    await room.pass(10_000, 5_000);
    expect(await room.phase()).toBe('rolled_back');
  });
});

describe('an issue of Sentry', () => {
  async function send(resource: string, body: object): Promise<unknown> {
    const hex = createHmac('sha256', HOOKS.sentrySecret).update(JSON.stringify(body)).digest('hex');
    const headers = { 'sentry-hook-signature': hex, 'sentry-hook-resource': resource };
    return (await push(body, { path: 'sentry', headers })).json();
  }
  const fires = (datetime: string) =>
    send('event_alert', { action: 'triggered', data: { event: { issue_id: '7', datetime }, triggered_rule: 'New' } });
  const resolved = (lastSeen: string) =>
    send('issue', { action: 'resolved', data: { issue: { id: '7', lastSeen, title: 'TypeError' } } });
  const status = async () => (await room.db.query('select status from alerts')).rows;

  test('that was resolved before it fired again is firing, however late or often that is told', async () => {
    room = await openRoom({ transport: 'http', plan: planWith(CHECK) });
    await fires('2026-03-01T10:00:00Z');
    // Seen last, as far as Sentry has written it down, a moment before the event of the alert.
    expect(await resolved('2026-03-01T09:59:30Z')).toEqual({ stored: 1 });
    expect(await status()).toEqual([{ status: 'resolved' }]);
    expect(await fires('2026-03-01T11:00:00Z')).toEqual({ stored: 1 });
    const ignored = ['issue:7: ended before it last began'];
    expect(await resolved('2026-03-01T09:59:30Z')).toEqual({ stored: 0, ignored });
    expect(await status()).toEqual([{ status: 'firing' }]);
    expect(await resolved('2026-03-01T11:00:00Z')).toEqual({ stored: 1 });
    expect(await status()).toEqual([{ status: 'resolved' }]);
  });
});

describe('/rollout alerts', () => {
  test('shows what fires, which check reads it, and what matches none', async () => {
    await toBaking(CHECK.replace('critical', 'warning'));
    expect(await room.ask(WHO.otto, 'alerts')).toContain('No alert is firing');
    const search = { labels: { alertname: 'SlowSearch', service: 'search' }, annotations: {} };
    await pushed(alert(), alert({ ...search, fingerprint: 'f2', generatorURL: 'https://prometheus.example.com/g' }));
    const answer = await room.ask(WHO.otto, 'alerts');
    expect(answer).toContain('2 alerts firing');
    expect(answer).toMatch(/Checkout is on fire[\s\S]*service=checkout[\s\S]*Read by `new-checkout#1` Critical alerts/);
    expect(answer).toMatch(/SlowSearch[\s\S]*Matches no check/);
    expect(answer).toContain('https://prometheus.example.com/g');
  });

  test('where hooks are off says how to turn them on', async () => {
    room = await openRoom({ transport: 'http' });
    await room.stop();
    Object.assign(room.config, { hooksToken: undefined, sentryClientSecret: undefined });
    await room.restart();
    expect((await push({ alerts: [alert()] })).status).toBe(404);
    const answer = await room.ask(WHO.opal, 'alerts');
    expect(answer).toContain('Hooks are off');
    expect(answer).toContain('HOOKS_TOKEN');
  });
});

describe('what goes wrong', () => {
  test('a wrong token changes nothing', async () => {
    await toBaking();
    const before = await room.standing();
    expect((await push({ alerts: [alert()] }, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    await room.pass(20_000, 5_000);
    expect((await room.db.query('select 1 from alerts')).rowCount).toBe(0);
    expect(await room.standing()).toMatchObject({ exposure: before.exposure });
  });

  test('without its database the bot does not say that it took an alert; sent again it counts', async () => {
    await toBaking();
    await room.db.query('alter table alerts rename to alerts_away');
    expect((await push({ alerts: [alert()] })).status).toBe(503);
    await room.db.query('alter table alerts_away rename to alerts');
    await pushed(alert());
    await room.pass(10_000, 5_000);
    expect(await room.phase()).toBe('rolled_back');
  });

  test('alerts that cannot be read are unknown, neither quiet nor firing', async () => {
    await toBaking();
    await room.db.query('alter table alerts rename to alerts_away');
    await room.db.query('update watches set next_check_at = rollout_now()');
    await room.pass(20_000, 5_000);
    expect((await readings()).slice(-1)).toEqual([null]);
    expect(room.target.exposure).toBe(10);
    await room.db.query('alter table alerts_away rename to alerts');
  });

  test('a bot that ends before it has read the checks loses nothing: the next one does', async () => {
    await toBaking();
    await room.stop();
    // As the statement of a delivery leaves it.
    await room.db.query(
      `insert into alerts values ('alertmanager', 'f1', 'firing', '{"service": "checkout"}', '', null, null, null, rollout_now(), rollout_now(), 0)`,
    );
    await room.db.query('update watches set next_check_at = rollout_now()');
    await room.restart();
    await room.pass(10_000, 5_000);
    expect(await room.phase()).toBe('rolled_back');
  });
});

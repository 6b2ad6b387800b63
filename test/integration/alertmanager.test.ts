/** A real Alertmanager pushes to a real bot. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openRoom, planText, type Room } from '../scenarios/room.js';
import { PATIENCE } from '../support/patience.js';
import { HOOKS, WHO } from '../support/scene.js';
import { type Alertmanager, PROGRAM, startAlertmanager } from './alertmanager/started.js';

if (!PROGRAM) console.info('Skipped: no Alertmanager here (Debian package prometheus-alertmanager).');

const PLAN = planText().replace(
  'checks:\n',
  'checks:\n  alerts: { title: Critical alerts, probe: { kind: alert, source: alertmanager, match: { service: checkout, severity: critical }, quiet: pass }, critical: { above: 0 } }\n',
);
const ERRORS = { alertname: 'HighErrors', service: 'checkout', severity: 'critical', team: 'shop' };
const SLOW = { alertname: 'Slow', service: 'search', severity: 'critical', team: 'shop' };

describe.skipIf(!PROGRAM)('Alertmanager', () => {
  let room: Room;
  let sources: Alertmanager[];
  beforeEach(async () => {
    sources = [];
    room = await openRoom({ transport: 'http', plan: PLAN });
  });
  afterEach(async () => {
    await Promise.all(sources.map((source) => source.close()));
    await room.close();
  });

  async function alertmanager(token: string = HOOKS.token): Promise<Alertmanager> {
    const source = await startAlertmanager({ url: `http://127.0.0.1:${room.app.port}/hooks/alertmanager`, token });
    sources.push(source);
    return source;
  }

  const known = async () =>
    (await room.db.query<{ title: string; status: string }>('select title, status from alerts order by title')).rows;

  async function toBaking(): Promise<void> {
    await room.ask(WHO.opal, 'start new-checkout');
    await room.passUntil('it bakes', async () => (await room.phase()) === 'baking', { stepMs: 1_000, maxMs: 10_000 });
  }

  test('a critical alert takes the rollout back, in a group with others; what ends is over', async () => {
    const source = await alertmanager();
    await toBaking();
    const generatorURL = 'https://prometheus.example.com/graph';
    await source.give(
      { labels: ERRORS, annotations: { summary: 'Checkout is on fire' }, generatorURL },
      { labels: SLOW, annotations: { summary: 'Search is slow' } },
    );
    const both = [
      { title: 'Checkout is on fire', status: 'firing' },
      { title: 'Search is slow', status: 'firing' },
    ];
    await vi.waitFor(async () => expect(await known()).toEqual(both), PATIENCE);
    await room.pass(10_000, 5_000);
    expect(await room.phase()).toBe('rolled_back');
    expect(room.target.exposure).toBe(0);
    const shown = await room.ask(WHO.opal, 'alerts');
    expect(shown).toMatch(/Checkout is on fire[\s\S]*Read by `new-checkout#1` Critical alerts/);
    expect(shown).toMatch(/Search is slow[\s\S]*Matches no check/);
    const ended = new Date().toISOString();
    await source.give({ labels: ERRORS, annotations: { summary: 'Checkout is on fire' }, endsAt: ended });
    await vi.waitFor(async () => expect(await known()).toContainEqual({ ...both[0], status: 'resolved' }), PATIENCE);
    expect(await known()).toContainEqual({ title: 'Search is slow', status: 'firing' });
  });

  test('two that do not know of each other, and repeats, are one alert and one incident', async () => {
    const pair = [await alertmanager(), await alertmanager()];
    await toBaking();
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    for (const source of pair) await source.give({ labels: ERRORS, startsAt });
    const deliveries = () => pair.map((source) => source.words().match(/msg="Notify success"/g)?.length ?? 0);
    await vi.waitFor(() => expect(Math.min(...deliveries())).toBeGreaterThanOrEqual(2), PATIENCE);
    expect(await known()).toEqual([{ title: 'HighErrors', status: 'firing' }]);
    await room.pass(10_000, 5_000);
    expect((await room.events()).filter((type) => type === 'rollback_ordered')).toHaveLength(1);
  });

  test('what the bot could not store is sent again', async () => {
    const source = await alertmanager();
    await toBaking();
    await room.db.query('alter table alerts rename to alerts_away');
    await source.give({ labels: ERRORS });
    await vi.waitFor(() => expect(source.words()).toContain('unexpected status code 503'), PATIENCE);
    await room.db.query('alter table alerts_away rename to alerts');
    await vi.waitFor(async () => expect(await known()).toHaveLength(1), PATIENCE);
    await room.pass(10_000, 5_000);
    expect(await room.phase()).toBe('rolled_back');
  });

  test('with a wrong token it hears that it is refused, and nothing is stored', async () => {
    const source = await alertmanager('not-the-token-of-the-hooks');
    await source.give({ labels: ERRORS });
    await vi.waitFor(() => expect(source.words()).toContain('unexpected status code 401'), PATIENCE);
    expect(await known()).toEqual([]);
  });
});

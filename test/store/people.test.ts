import { afterAll, beforeAll, expect, test } from 'vitest';
import { recallMany, recallPeople, recallWithPauses, rememberPeople } from '../../src/store/people.js';
import { openStore, type Store } from './store.js';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

test('what Slack said of a group is known with its age, by the clock of the database', async () => {
  await rememberPeople(store.db, 'T1', 'group', 'S1', ['U1', 'U2']);
  const young = await recallPeople<string[]>(store.db, 'T1', 'group', 'S1');
  expect(young?.value).toEqual(['U1', 'U2']);
  expect(young?.ageMs).toBeLessThan(10_000);
  await store.db.query(`update people set fetched_at = now() - interval '61 seconds' where key = 'S1'`);
  const old = await recallPeople(store.db, 'T1', 'group', 'S1');
  expect(old?.ageMs).toBeGreaterThan(60_000);
  expect(old?.ageMs).toBeLessThan(80_000);
});

test('it ages in real time: moving the time of rollouts makes no membership old', async () => {
  await rememberPeople(store.db, 'T1', 'group', 'S2', ['U1']);
  await store.pass(86_400_000);
  expect((await recallPeople(store.db, 'T1', 'group', 'S2'))?.ageMs).toBeLessThan(10_000);
});

test('asking again makes it young and replaces what was known', async () => {
  await rememberPeople(store.db, 'T1', 'group', 'S3', ['U1']);
  await store.db.query(`update people set fetched_at = now() - interval '1 hour' where key = 'S3'`);
  await rememberPeople(store.db, 'T1', 'group', 'S3', []);
  const known = await recallPeople(store.db, 'T1', 'group', 'S3');
  expect(known?.value).toEqual([]);
  expect(known?.ageMs).toBeLessThan(10_000);
});

test('workspaces, kinds and keys are kept apart', async () => {
  await rememberPeople(store.db, 'T1', 'user', 'X', 'one');
  await rememberPeople(store.db, 'T2', 'user', 'X', 'two');
  await rememberPeople(store.db, 'T1', 'email', 'X', 'three');
  expect((await recallPeople(store.db, 'T1', 'user', 'X'))?.value).toBe('one');
  expect((await recallPeople(store.db, 'T2', 'user', 'X'))?.value).toBe('two');
  expect((await recallPeople(store.db, 'T1', 'email', 'X'))?.value).toBe('three');
  expect(await recallPeople(store.db, 'T2', 'email', 'X')).toBeNull();
});

test('what was said at a time that is still to come, because the clock was put right since, is old', async () => {
  await rememberPeople(store.db, 'T1', 'group', 'S4', ['U1']);
  await rememberPeople(store.db, '', 'pause', 'users.info', { ms: 30_000 });
  await store.db.query(
    `update people set fetched_at = steady_now() + interval '1 hour' where key in ('S4', 'users.info')`,
  );
  expect((await recallPeople(store.db, 'T1', 'group', 'S4'))?.ageMs).toBe(Number.POSITIVE_INFINITY);
  expect((await recallMany(store.db, 'T1', 'group', ['S4'])).get('S4')?.ageMs).toBe(Number.POSITIVE_INFINITY);
  const asked = { teamId: 'T1', kind: 'group', key: 'S4', method: 'users.info' } as const;
  const [found] = await recallWithPauses(store.db, [asked]);
  expect([found?.known?.ageMs, found?.pausedMs]).toEqual([Number.POSITIVE_INFINITY, 0]);
});

test('several are recalled by one statement, each with the pause of its method', async () => {
  await rememberPeople(store.db, 'T1', 'user', 'U7', { name: 'seven' });
  await rememberPeople(store.db, '', 'pause', 'usergroups.users.list', { ms: 60_000 });
  const found = await recallWithPauses(store.db, [
    { teamId: 'T1', kind: 'user', key: 'U7', method: 'users.info' },
    { teamId: 'T1', kind: 'group', key: 'S7', method: 'usergroups.users.list' },
    { teamId: 'T2', kind: 'user', key: 'U7', method: 'users.info' },
  ]);
  expect(found.map(({ known }) => known?.value ?? null)).toEqual([{ name: 'seven' }, null, null]);
  expect(found.map(({ pausedMs }) => pausedMs > 0)).toEqual([false, true, false]);
});

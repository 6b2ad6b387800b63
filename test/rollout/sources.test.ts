import { expect, test } from 'vitest';
import type { ProbeConfig } from '../../src/rollout/plan/plan.js';
import { sourceOf } from '../../src/rollout/plan/sources.js';

const web = { headers: {}, timeoutMs: 1 };
const prometheus = (url: string, query = 'up'): ProbeConfig => ({ kind: 'prometheus', url, query, ...web });
const http = (url: string): ProbeConfig => ({ kind: 'http', url, value: 'a', ...web });
const sql = (url: string): ProbeConfig => ({ kind: 'sql', url, query: 'select 1', timeoutMs: 1 });
const exec = (...run: string[]): ProbeConfig => ({ kind: 'exec', run, env: [], timeoutMs: 1 });

test.each<[ProbeConfig, string | undefined]>([
  [prometheus('http://prom.internal:9090'), 'Prometheus at prom.internal:9090'],
  [prometheus('http://prom.internal:9090/'), 'Prometheus at prom.internal:9090'],
  [prometheus('https://PROM.internal/tenant-a?x=1'), 'Prometheus at prom.internal'],
  [prometheus('https://user:secret@prom.internal/api'), 'Prometheus at prom.internal'],
  [prometheus('https://prom.internal:443'), 'Prometheus at prom.internal'],
  [prometheus('http://[::1]:9090/x'), 'Prometheus at [::1]:9090'],
  [prometheus(`$${'{PROM_URL}'}`), `Prometheus at $${'{PROM_URL}'}`],
  [http('https://status.example.com/a'), 'HTTP server at status.example.com'],
  [http('https://status.example.com/b?token=secret'), 'HTTP server at status.example.com'],
  [sql('postgres://reader:pa%40ss@db.internal:5432/shop'), 'SQL server at db.internal'],
  [sql('postgresql://db.internal/other'), 'SQL server at db.internal'],
  [exec('./metrics', 'errors'), 'Program ./metrics'],
  [exec('/usr/bin/python3', '-u', 'read.py', 'errors'), 'Program python3 read.py'],
  [exec('sh', '-c', 'echo 1'), 'Program sh'],
  [exec('node', 'latency.js'), 'Program node latency.js'],
  [{ kind: 'alert', source: 'sentry', match: { a: 'b' } }, 'Pushed alerts (sentry)'],
  [{ kind: 'manual', ask: 'How many?', everyMs: 1 }, undefined],
  [{ kind: 'memory', name: 'errors' }, undefined],
])('%o comes from %s', (probe, name) => {
  expect(sourceOf(probe)?.name).toBe(name);
});

test.each<[string, ProbeConfig, ProbeConfig, boolean]>([
  ['two queries of one server', prometheus('http://p:9090', 'a'), prometheus('http://p:9090/', 'b'), true],
  ['two servers', prometheus('http://p:9090'), prometheus('http://q:9090'), false],
  ['two ports', prometheus('http://p:9090'), prometheus('http://p:9091'), false],
  ['two pages of one server', http('https://s/a'), http('https://s/b'), true],
  ['Prometheus and a page of the same machine', prometheus('http://p:9090'), http('http://p:9090/-/healthy'), false],
  ['two databases of one server', sql('postgres://a@db/one'), sql('postgres://b@db:5432/two'), true],
  ['one program, other arguments', exec('./m', 'a'), exec('./m', 'b'), true],
  ['two scripts on the command line', exec('sh', '-c', 'a'), exec('sh', '-c', 'b'), false],
  ['two scripts of one interpreter', exec('node', 'a.js'), exec('node', 'b.js'), false],
])('%s: one outage is %s', (_name, a, b, same) => {
  expect(sourceOf(a)?.key === sourceOf(b)?.key).toBe(same);
});

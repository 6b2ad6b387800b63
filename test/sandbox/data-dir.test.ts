import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sandboxDataDir } from '../../sandbox/data-dir.js';
import { isReachable } from '../../sandbox/unprivileged.js';

const asRoot = process.getuid?.() === 0;

function project(mode: number): { root: string; elsewhere: string } {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'data-dir-')));
  chmodSync(top, 0o755);
  const [home, elsewhere] = [join(top, 'home'), join(top, 'var', 'rollout-sandbox')];
  mkdirSync(join(home, 'project'), { recursive: true });
  chmodSync(home, mode);
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  return { root: join(home, 'project'), elsewhere };
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('an open project keeps its data in .sandbox', () => {
  const { root, elsewhere } = project(0o755);
  const dir = sandboxDataDir(root, elsewhere);
  expect(dir).toBe(join(root, '.sandbox'));
  expect(modeOf(dir)).toBe(asRoot ? 0o711 : 0o700);
  expect(sandboxDataDir(root, elsewhere)).toBe(dir);
});

test('a folder that an earlier run closed is opened as far as needed', () => {
  const { root, elsewhere } = project(0o755);
  mkdirSync(join(root, '.sandbox'), { mode: 0o700 });
  expect(modeOf(sandboxDataDir(root, elsewhere))).toBe(asRoot ? 0o711 : 0o700);
});

test.runIf(asRoot)('root in a closed home keeps the data where others can pass, one folder per project', () => {
  const { root, elsewhere } = project(0o700);
  const dir = sandboxDataDir(root, elsewhere);
  expect(dirname(dir)).toBe(elsewhere);
  expect(isReachable(dir)).toBe(true);
  expect(modeOf(dir)).toBe(0o711);
  expect(sandboxDataDir(root, elsewhere)).toBe(dir);
  const other = join(root, 'other');
  mkdirSync(other);
  expect(sandboxDataDir(other, elsewhere)).not.toBe(dir);
});

test.runIf(!asRoot)('an ordinary user in a closed home keeps the data in the project', () => {
  const { root, elsewhere } = project(0o700);
  expect(sandboxDataDir(root, elsewhere)).toBe(join(root, '.sandbox'));
});

test.runIf(!asRoot)('a folder that belongs to somebody else is named', () => {
  const { root, elsewhere } = project(0o755);
  mkdirSync(join(root, '.sandbox'), { mode: 0o500 });
  expect(() => sandboxDataDir(root, elsewhere)).toThrow(`${join(root, '.sandbox')} belongs to somebody else`);
});

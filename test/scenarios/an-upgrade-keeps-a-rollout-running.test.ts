import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { migrate, migratedTables } from '../../src/store/migrate.js';
import { WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';
import { baked, bakingAtTen, breach, MINUTE, SECOND, stage } from './on-stage.js';

/** The migrations of this version, and those of later ones. */
function laterVersion(later: Readonly<Record<string, string>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(new URL('../../src/store/migrations/', import.meta.url), folder, { recursive: true });
  for (const [name, sql] of Object.entries(later)) writeFileSync(join(folder, name), sql);
  return pathToFileURL(`${folder}/`);
}

test('a running rollout goes on while a later version adds to every table, and while the next takes that away', async () => {
  const scene = await stage({ plan: PLAN });
  const tables = (await migratedTables()).filter((name) => name !== 'migrations');
  const expand = tables.map((name) => `alter table ${name} add column added_later text not null default 'later';`);
  const contract = tables.map((name) => `alter table ${name} drop column added_later;`);
  await bakingAtTen(scene);
  await scene.pass(MINUTE, 10 * SECOND);

  await migrate(scene.config.databaseUrl, laterVersion({ '002-expand.sql': expand.join('\n') }));
  expect((await scene.db.query('select distinct added_later from rollouts')).rows).toEqual([{ added_later: 'later' }]);
  await scene.pass(MINUTE, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  await baked(scene);
  await scene.command(WHO.opal, 'advance new-checkout');
  expect(await scene.phase()).toBe('awaiting_approval');

  const later = { '002-expand.sql': expand.join('\n'), '003-contract.sql': contract.join('\n') };
  await migrate(scene.config.databaseUrl, laterVersion(later));
  await scene.click(WHO.lea, 'rollout_approve');
  expect(scene.target.exposure).toBe(50);
  await breach(scene);
  expect(scene.target.exposure).toBe(0);
});

/** The sandbox's plan at a pace for spectators: the same stages, checks and approvals, seconds instead of minutes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, YAMLMap, YAMLSeq } from 'yaml';

const BAKE = '3s';
const CHECK_EVERY = '1s';

export const PLAN = 'new-checkout';

/** One stage as the demo walks it. */
export interface QuickStage {
  readonly exposure: number;
  /** Somebody has to approve it. */
  readonly approved: boolean;
}

/** Writes the quickened plan into `plansDir` and returns its stages. */
export function writeQuickPlan(from: string, plansDir: string): QuickStage[] {
  const file = `${PLAN}.yml`;
  const document = parseDocument(readFileSync(join(from, file), 'utf8'));
  const stages = document.get('stages');
  if (!(stages instanceof YAMLSeq)) throw new Error(`${file} has no list of stages`);
  const walked = stages.items.map((stage: unknown): QuickStage => {
    if (!(stage instanceof YAMLMap)) throw new Error(`${file}: a stage is not a map`);
    stage.set('bake', BAKE);
    stage.set('check_every', CHECK_EVERY);
    return { exposure: Number(stage.get('exposure')), approved: stage.has('approve') };
  });
  writeFileSync(join(plansDir, file), document.toString());
  return walked;
}
